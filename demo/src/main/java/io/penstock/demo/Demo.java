package io.penstock.demo;

import static io.penstock.demo.service.ServiceConfig.DEAD_LETTERS;
import static io.penstock.demo.service.ServiceConfig.INPUT;
import static io.penstock.demo.service.ServiceConfig.OUTPUT;

import io.penstock.demo.check.RunCheck;
import io.penstock.demo.digits.DigitStream;
import io.penstock.demo.live.LiveStatistics;
import io.penstock.demo.live.OutcomeWatcher;
import io.penstock.demo.live.Screen;
import io.penstock.demo.service.ControlTopics;
import io.penstock.demo.service.LeastAccess;
import io.penstock.demo.service.ModelFolder;
import io.penstock.demo.service.ServiceConfig;
import io.penstock.demo.service.ServiceProcess;
import io.penstock.demo.wire.PredictionReader;
import io.penstock.demo.wire.RegistryClient;
import io.penstock.localstack.LocalStack;
import io.penstock.localstack.host.LoopbackPorts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.NewTopic;

/** The stage: broker, registry, model directory and service, all gone at the end. Used once. */
final class Demo {

  private static final int PARTITIONS = 4;

  private final Checkout checkout;
  private final Settings settings;
  private final Screen screen;

  Demo(Checkout checkout, Settings settings, Screen screen) {
    this.checkout = checkout;
    this.settings = settings;
    this.screen = screen;
  }

  /**
   * Plays the demo.
   *
   * @param whenChecked is given the summary, while all is still running
   * @throws DemoException if it could not be played to its end
   */
  void run(Consumer<Summary> whenChecked) {
    screen.event(
        "Starting a Kafka broker%s and a schema registry on this machine."
            .formatted(settings.secured() ? ", with TLS, SCRAM and an authorizer," : ""));
    try (LocalStack stack = startStack()) {
      createTopics(stack);
      ModelFolder models = new ModelFolder(checkout.digits(), stack.folder().resolve("models"));
      models.copy(1);
      ServiceProcess service = startService(stack, models);
      stack.closeFirst(service::close);

      RegistryClient registry = new RegistryClient(stack.registryUrl());
      PredictionReader predictions = new PredictionReader(registry::schemaById);
      LiveStatistics statistics = new LiveStatistics(System.nanoTime());
      Map<String, String> broker = stack.clientKeys();
      try (DigitStream digits =
              new DigitStream(
                  checkout.digits().resolve("digits.csv"),
                  INPUT,
                  settings.perSecond(),
                  broker,
                  registry);
          OutcomeWatcher watcher =
              new OutcomeWatcher(
                  broker, OUTPUT, DEAD_LETTERS, DigitStream.LABEL_HEADER, predictions, statistics);
          ControlTopics control = new ControlTopics(keys(stack, ServiceConfig.OPERATOR))) {
        RunCheck check =
            new RunCheck(
                broker, INPUT, OUTPUT, DEAD_LETTERS, DigitStream.LABEL_HEADER, predictions);
        Play play =
            new Play(settings, screen, models, service, digits, watcher, control, statistics);
        play.perform();
        whenChecked.accept(play.conclude(check));
        if (settings.keepRunning()) {
          sayAddresses(stack);
          throw new DemoException(service.obituary());
        }
      }
    }
  }

  private LocalStack startStack() {
    return settings.secured()
        ? LocalStack.startSecured(Set.of(ServiceConfig.INSTANCE, ServiceConfig.OPERATOR))
        : LocalStack.start();
  }

  /** What that user's clients need to know of the broker, which may know no users. */
  private Map<String, String> keys(LocalStack stack, String user) {
    return settings.secured() ? stack.clientKeys(user) : stack.clientKeys();
  }

  private ServiceProcess startService(LocalStack stack, ModelFolder models) {
    int httpPort = LoopbackPorts.free();
    Path config = stack.folder().resolve("demo.yaml");
    new ServiceConfig(
            keys(stack, ServiceConfig.INSTANCE), stack.registryUrl(), models.target(), httpPort)
        .write(config);
    Path folder = stack.folder().resolve("service");
    try {
      Files.createDirectory(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (settings.secured()) {
      grantLeastAccess(stack, config, folder);
    }
    screen.event("Starting the service with version 1 of the model.");
    return ServiceProcess.start(checkout.distribution(), config, httpPort, folder);
  }

  private void grantLeastAccess(LocalStack stack, Path config, Path folder) {
    for (String role : List.of("instance", "operator")) {
      int lists =
          LeastAccess.grant(role, checkout.distribution(), config, folder, stack.clientKeys());
      screen.event(
          "Allowing User:%s-%s what 'penstock acls' prints: %d access control lists."
              .formatted(ServiceConfig.SERVICE, role, lists));
    }
  }

  private static void createTopics(LocalStack stack) {
    List<NewTopic> topics = new ArrayList<>(ControlTopics.newTopics());
    for (String topic : List.of(INPUT, OUTPUT, DEAD_LETTERS)) {
      topics.add(new NewTopic(topic, PARTITIONS, (short) 1));
    }
    stack.createTopics(topics.toArray(NewTopic[]::new));
  }

  private void sayAddresses(LocalStack stack) {
    if (settings.secured()) {
      Path file = stack.folder().resolve("demo.yaml");
      screen.event(
          """
          The service's configuration, with the keys that its Kafka clients need: %1$s
          ./penstock status --config %1$s
          Running until Ctrl-C."""
              .formatted(file));
      return;
    }
    String broker = stack.bootstrapServers();
    screen.event(
        """
        Kafka            %1$s
        Schema registry  %2$s
        Models           %3$s
        Read predictions:    kcat -C -b %1$s -t %4$s -o beginning
        Promote a version:   echo '%5$s' | kcat -P -b %1$s -t %6$s
        Follow decisions:    kcat -C -b %1$s -t demo.audit
        Running until Ctrl-C."""
            .formatted(
                broker,
                stack.registryUrl(),
                stack.folder().resolve("models"),
                OUTPUT,
                ControlTopics.promotion(1),
                ControlTopics.commandTopic()));
  }
}
