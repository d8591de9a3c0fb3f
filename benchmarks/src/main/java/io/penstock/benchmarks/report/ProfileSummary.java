package io.penstock.benchmarks.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedStackTrace;
import jdk.jfr.consumer.RecordedThread;
import jdk.jfr.consumer.RecordingFile;
import org.jspecify.annotations.Nullable;

/**
 * What a flight recording says in a page: which threads run, where, and what stream threads
 * allocate. Samples are of Java frames, and of native calls; JIT and collector threads have none.
 */
public final class ProfileSummary {

  private static final int FRAMES = 25;
  private static final int SITES = 25;
  private static final int SITE_DEPTH = 4;
  private static final int INCLUSIVE_FRAMES = 60;
  private static final String STREAM_THREAD = "StreamThread";

  /** Native calls in which threads wait, which is no work; samples do not tell. */
  private static final Set<String> WAITING =
      Set.of("EPoll.wait", "Net.accept", "Net.poll", "FileInputStream.readBytes");

  private final Map<String, Long> threads = new HashMap<>();
  private final Map<String, Long> frames = new HashMap<>();
  private final Map<String, Long> streamThreadFrames = new HashMap<>();
  private final Map<String, Long> inclusive = new HashMap<>();
  private final Map<String, Long> sites = new HashMap<>();
  private final Map<String, Long> classes = new HashMap<>();

  private ProfileSummary() {}

  /** Of what a recording holds from that time on. */
  public static ProfileSummary of(Path recording, Instant from) {
    ProfileSummary summary = new ProfileSummary();
    try (RecordingFile file = new RecordingFile(recording)) {
      while (file.hasMoreEvents()) {
        RecordedEvent event = file.readEvent();
        if (event.getStartTime().isAfter(from)) {
          summary.add(event);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + recording, e);
    }
    return summary;
  }

  private void add(RecordedEvent event) {
    switch (event.getEventType().getName()) {
      case "jdk.ExecutionSample", "jdk.NativeMethodSample" -> addSample(event);
      case "jdk.ObjectAllocationSample" -> addAllocation(event);
      default -> {
        // Of no interest here.
      }
    }
  }

  private void addSample(RecordedEvent event) {
    @Nullable RecordedThread thread = event.getThread("sampledThread");
    @Nullable RecordedStackTrace stack = event.getStackTrace();
    if (thread == null || stack == null || stack.getFrames().isEmpty()) {
      return;
    }
    String group = group(thread);
    String top = name(stack.getFrames().get(0));
    if (WAITING.contains(top)) {
      return;
    }
    threads.merge(group, 1L, Long::sum);
    frames.merge(top, 1L, Long::sum);
    if (group.contains(STREAM_THREAD)) {
      streamThreadFrames.merge(top, 1L, Long::sum);
      stack.getFrames().stream()
          .map(ProfileSummary::name)
          .distinct()
          .forEach(frame -> inclusive.merge(frame, 1L, Long::sum));
    }
  }

  private void addAllocation(RecordedEvent event) {
    @Nullable RecordedThread thread = event.getThread();
    if (thread == null || !group(thread).contains(STREAM_THREAD)) {
      return;
    }
    long bytes = event.getLong("weight");
    String type = event.getClass("objectClass").getName();
    classes.merge(type, bytes, Long::sum);
    @Nullable RecordedStackTrace stack = event.getStackTrace();
    String where =
        stack == null
            ? "?"
            : stack.getFrames().stream()
                .limit(SITE_DEPTH)
                .map(ProfileSummary::name)
                .collect(Collectors.joining(" < "));
    sites.merge(type + "  " + where, bytes, Long::sum);
  }

  /** The thread's name without what tells threads of one kind apart. */
  private static String group(RecordedThread thread) {
    @Nullable String name = thread.getJavaName();
    if (name == null) {
      return String.valueOf(thread.getOSName());
    }
    int streamThread = name.indexOf(STREAM_THREAD);
    return (streamThread < 0 ? name : name.substring(streamThread)).replaceAll("\\d+", "N");
  }

  private static String name(RecordedFrame frame) {
    String type = frame.getMethod().getType().getName();
    return type.substring(type.lastIndexOf('.') + 1) + "." + frame.getMethod().getName();
  }

  /** Writes it to a file, as text. */
  public void write(Path file) {
    try {
      Files.writeString(file, text());
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write " + file, e);
    }
  }

  private String text() {
    return section("Threads, share of samples", threads, sum(threads), Integer.MAX_VALUE)
        + section("Frames on top, all threads", frames, sum(frames), FRAMES)
        + section(
            "Frames on top, stream threads", streamThreadFrames, sum(streamThreadFrames), FRAMES)
        + section(
            "Frames anywhere on the stack, stream threads",
            inclusive,
            sum(streamThreadFrames),
            INCLUSIVE_FRAMES)
        + section("What stream threads allocate, bytes", classes, sum(classes), FRAMES)
        + section("Where stream threads allocate, bytes", sites, sum(sites), SITES);
  }

  private static long sum(Map<String, Long> counts) {
    return counts.values().stream().mapToLong(Long::longValue).sum();
  }

  private static String section(String title, Map<String, Long> counts, long sum, int limit) {
    List<Map.Entry<String, Long>> top =
        counts.entrySet().stream()
            .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
            .limit(limit)
            .toList();
    StringBuilder text = new StringBuilder(title).append(" (of ").append(sum).append(")\n");
    for (Map.Entry<String, Long> entry : top) {
      text.append(
          String.format(
              Locale.ROOT, "%6.1f %%  %s%n", 100.0 * entry.getValue() / sum, entry.getKey()));
    }
    return text.append('\n').toString();
  }
}
