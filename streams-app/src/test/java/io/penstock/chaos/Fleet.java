package io.penstock.chaos;

import io.penstock.testkit.Await;
import io.penstock.testkit.ServiceUnderTest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The instances of a service, and what a cluster's supervisor does for them: one that ends is
 * replaced. Not thread-safe.
 */
final class Fleet implements AutoCloseable {

  private final Path config;
  private final Path logs;
  private final Slot[] slots = new Slot[Plan.SLOTS];
  private final List<String> complaints = new ArrayList<>();
  private int started;
  private int gaveUp;
  private boolean disturbed;

  /**
   * A fleet of nobody.
   *
   * @param logs the folder for its logs
   */
  Fleet(Path config, Path logs) {
    this.config = config;
    this.logs = logs;
    Arrays.setAll(slots, number -> new Slot(Strike.name(number)));
  }

  /** A place for an instance. */
  private static final class Slot {

    private final String name;
    private Instance instance;
    private boolean wanted;
    private long startNanos = System.nanoTime();

    Slot(String name) {
      this.name = name;
    }
  }

  /** Wants an instance there from now on. */
  void want(int slot) {
    slots[slot].wanted = true;
  }

  /** Looks after everybody: starts who is wanted and missing, and judges who has ended. */
  void supervise() {
    for (Slot slot : slots) {
      Instance instance = slot.instance;
      if (instance != null) {
        instance.endIfModelFailed();
      }
      if (instance != null && instance.isOverdue()) {
        complaints.add("does not end after SIGTERM: " + instance.log());
        instance.kill();
      }
      if (instance != null && !instance.isAlive()) {
        instance.complaint().ifPresent(complaints::add);
        gaveUp += instance.gaveUp() ? 1 : 0;
        slot.instance = null;
      }
      if (slot.instance == null && slot.wanted && System.nanoTime() >= slot.startNanos) {
        String name = slot.name + ++started;
        slot.instance =
            new Instance(name, ServiceUnderTest.startFaulty(config, logs, name), disturbed);
      }
      if (slot.instance != null) {
        slot.instance.hasBeenReady();
      }
    }
  }

  /** Whether everybody who is wanted is there and has been ready. */
  boolean isComplete() {
    return Arrays.stream(slots)
        .allMatch(slot -> !slot.wanted || (slot.instance != null && slot.instance.hasBeenReady()));
  }

  /** Records in flight, in that instance or in all. */
  long inFlight(int slot) {
    return (slot == Strike.NO_SLOT ? instances() : instancesIn(slot))
        .mapToLong(Instance::inFlight)
        .sum();
  }

  /** SIGKILL; the successor starts after that time. */
  void kill(int slot, int downMillis) {
    instancesIn(slot).forEach(Instance::kill);
    rest(slot, downMillis);
  }

  /** SIGTERM; the successor starts after that time, but not before the end. */
  void terminate(int slot, int downMillis) {
    instancesIn(slot).forEach(Instance::askToEnd);
    rest(slot, downMillis);
  }

  private void rest(int slot, int downMillis) {
    slots[slot].startNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(downMillis);
  }

  /** SIGTERM, and nobody is wanted there any more. */
  void leave(int slot) {
    slots[slot].wanted = false;
    instancesIn(slot).forEach(Instance::askToEnd);
  }

  /** SIGSTOP; gives what ends it. */
  Runnable freeze(int slot) {
    List<Instance> frozen = instancesIn(slot).toList();
    frozen.forEach(Instance::freeze);
    return () -> frozen.forEach(Instance::thaw);
  }

  void arm(int slot, Fault fault, int extent) {
    instancesIn(slot).forEach(instance -> instance.arm(fault, extent));
  }

  /** What was armed and has not struck yet does not. */
  void disarm() {
    instances().forEach(Instance::disarm);
  }

  /** Something that all depend on fails. */
  void disturb() {
    disturbed = true;
    instances().forEach(Instance::disturb);
  }

  /** Ends all in order, and judges how they do. */
  void end() {
    for (int slot = 0; slot < slots.length; slot++) {
      leave(slot);
    }
    while (instances().findAny().isPresent()) {
      supervise();
      Await.pause(50);
    }
  }

  /** What was wrong. */
  List<String> complaints() {
    return complaints;
  }

  /** How many ended by themselves, or could not go on. */
  int gaveUp() {
    return gaveUp;
  }

  /** The ends of the logs of those who live. */
  String logs() {
    return String.join("\n", instances().map(Instance::log).toList());
  }

  private Stream<Instance> instances() {
    return Arrays.stream(slots).map(slot -> slot.instance).filter(Objects::nonNull);
  }

  private Stream<Instance> instancesIn(int slot) {
    return Stream.ofNullable(slots[slot].instance);
  }

  /** Leaves no process behind. */
  @Override
  public void close() {
    instances().forEach(Instance::close);
  }
}
