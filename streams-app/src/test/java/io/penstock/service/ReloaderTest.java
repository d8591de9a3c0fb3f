package io.penstock.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.batching.FakeModel;
import io.penstock.codec.catalog.PipelineFormats;
import io.penstock.config.ControlConfig.WhenStale;
import io.penstock.config.ModelConfig;
import io.penstock.config.load.ConfigLoader;
import io.penstock.config.load.ConfigurationException;
import io.penstock.config.load.EffectiveConfig;
import io.penstock.control.Activation;
import io.penstock.http.HealthReport;
import io.penstock.http.ReloadReport;
import io.penstock.http.ReloadReport.Outcome;
import io.penstock.inference.InferenceSettings;
import io.penstock.inference.InferenceThreads;
import io.penstock.metrics.ServiceMeters;
import io.penstock.model.lifecycle.VersionState;
import io.penstock.model.lifecycle.VersionStatus;
import io.penstock.model.loading.ModelLoader;
import io.penstock.model.source.AspiredVersion;
import io.penstock.model.source.ModelSource;
import io.penstock.model.source.SourceReport;
import io.penstock.model.tensorflow.SessionSettings;
import io.penstock.pipeline.ThreadLanes;
import io.penstock.streams.ActiveVersions;
import io.penstock.streams.Pipeline;
import io.penstock.streams.PipelineClients;
import io.penstock.testkit.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.streams.KafkaClientSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Real models and pipelines that wait for a first version: no broker, no TensorFlow, and a fleet
 * that does at once what it is asked.
 */
final class ReloaderTest {

  private static final String BASE =
      """
      service: scoring
      kafka: {bootstrap.servers: "127.0.0.1:1"}
      models:
        fraud: {path: fraud}
        cars: {path: cars}
      pipelines:
        a: {model: fraud, start-from: earliest, input: {topic: ai, format: json}, output: {topic: ao, format: json}, dead-letters: {topic: ad}}
        b: {model: fraud, start-from: earliest, input: {topic: bi, format: json}, output: {topic: bo, format: json}, dead-letters: {topic: bd}}
        c: {model: cars, start-from: earliest, input: {topic: ci, format: json}, output: {topic: co, format: json}, dead-letters: {topic: cd}}
      """;

  @TempDir private Path folder;

  private final List<String> fleetAndDoors = new CopyOnWriteArrayList<>();
  private final ServiceMeters meters = new ServiceMeters();
  private final Roster roster = new Roster(meters, WhenStale.PAUSE);

  /** What was asked to be checked: models, pipelines. */
  private final List<String> checked = new CopyOnWriteArrayList<>();

  /** From then on what there is to do is the start of pipelines, without a broker. */
  private volatile boolean isServed;

  private final InferenceThreads inference =
      InferenceThreads.start(new InferenceSettings(1, 0), reason -> {});
  private final ObedientFleet fleet = new ObedientFleet();

  /** Of models that were closed. */
  private final List<String> closedSources = new CopyOnWriteArrayList<>();

  private Workshop workshop;
  private Changeover changeover;
  private Reloader reloader;

  @BeforeEach
  void serve() {
    EffectiveConfig config = write(BASE);
    workshop =
        new Workshop(
            new PipelineFactory(
                config.config().inference(), PipelineFormats.offline(), inference, new Fakes()),
            new ModelFactory(config.config().inference(), new Fakes(), Duration.ofSeconds(30)),
            this::work,
            Runnable::run);
    changeover = new Changeover(workshop, roster, fleet, new Doors());
    reloader = new Reloader(config, new File(), roster, InstantSource.system());
    for (String name : config.config().pipelines().keySet()) {
      roster.add(workshop.pipeline(config.config(), name));
    }
    for (String name : config.config().models().keySet()) {
      List<ServedPipeline> users =
          roster.pipelines().stream()
              .filter(it -> config.config().pipeline(it.pipeline().name()).model().equals(name))
              .toList();
      roster.add(workshop.model(config.config(), name, users));
    }
    roster.models().values().forEach(host -> host.runtime().start());
    fleetAndDoors.clear();
  }

  @AfterEach
  void close() {
    reloader.close();
    roster.models().values().forEach(host -> host.runtime().close());
    inference.close();
    meters.close();
  }

  @Test
  void shouldAddChangeAndRemovePipelinesWhileTheOthersGoOn() {
    // given
    ServedPipeline a = pipeline("a");
    ServedPipeline b = pipeline("b");
    ServedPipeline c = pipeline("c");
    ModelHost fraud = host("fraud");
    // when
    ReloadReport report =
        reload(
            BASE.replace("topic: bo,", "topic: other,")
                .replace("  c: {model: cars,", "  d: {model: fraud,"));
    // then
    assertThat(report.outcome()).isEqualTo(Outcome.DONE);
    assertThat(report.toString())
        .startsWith(
            "reload: pipelines added=[d] changed=[b] removed=[c] unchanged=[a]"
                + " models added=[] changed=[] removed=[] unchanged=[cars, fraud] configuration=");
    assertThat(pipeline("a")).isSameAs(a);
    assertThat(a.pipeline().state()).isEqualTo(Pipeline.State.WAITING);
    assertThat(a.pipeline().pauses()).isEmpty();
    assertThat(pipeline("b")).isNotSameAs(b);
    assertThat(List.of(b.pipeline().state(), c.pipeline().state()))
        .containsOnly(Pipeline.State.STOPPED);
    assertThat(host("fraud")).isSameAs(fraud);
    assertThat(names(fraud)).containsExactly("a", "b", "d");
    assertThat(names(host("cars"))).isEmpty();
    assertThat(health().pipelines()).containsOnlyKeys("a", "b", "d");
    assertThat(meters.scrape())
        .contains("{pipeline=\"a\"", "{pipeline=\"b\"", "{pipeline=\"d\"")
        .doesNotContain("{pipeline=\"c\"");
    assertThat(reloader.state().config().config().pipelines()).containsOnlyKeys("a", "b", "d");
  }

  @Test
  void shouldAddAndRemoveModelsAndLeaveTheFleetWithThem() {
    // given
    ModelHost cars = host("cars");
    awaitAvailable(cars);
    // when
    ReloadReport report =
        reload(
            BASE.replace("  cars: {path: cars}", "  vans: {path: vans}")
                .replace("model: cars", "model: vans"));
    // then
    assertThat(report.outcome()).isEqualTo(Outcome.DONE);
    assertThat(roster.models()).containsOnlyKeys("fraud", "vans");
    assertThat(health().models()).containsOnlyKeys("fraud", "vans");
    assertThat(cars.runtime().statuses().values())
        .extracting(VersionStatus::state)
        .containsOnly(VersionState.END);
    awaitAvailable(host("vans"));
    assertThat(meters.scrape()).contains("model=\"vans\"").doesNotContain("model=\"cars\"");
    assertThat(fleetAndDoors)
        .containsExactly(
            "shut cars", "fleet [fraud]", "fleet [fraud, vans]", "open vans", "follow vans");
  }

  @Test
  void shouldMakeAModelThatIsChangedAnewWithItsPipelines() {
    ModelHost fraud = host("fraud");
    ModelHost cars = host("cars");

    reload(BASE.replace("fraud: {path: fraud}", "fraud: {path: fraud, promotion: automatic}"));

    assertThat(host("fraud")).isNotSameAs(fraud);
    assertThat(host("fraud").describe().automatic()).isTrue();
    assertThat(names(host("fraud"))).containsExactly("a", "b");
    assertThat(host("cars")).isSameAs(cars);
    assertThat(fleetAndDoors)
        .containsExactly(
            "shut fraud", "fleet [cars]", "fleet [cars, fraud]", "open fraud", "follow fraud");
  }

  @Test
  void shouldChangeNothingByAConfigurationThatIsWrong() {
    List<ServedPipeline> before = List.copyOf(roster.pipelines());

    ReloadReport report = reload(BASE.replace("topic: ao,", "topik: ao,"));

    assertThat(report.outcome()).isEqualTo(Outcome.REFUSED);
    assertThat(report.problems()).anyMatch(problem -> problem.contains("topik"));
    assertThat(report.toString()).startsWith("reload refused, nothing has changed: ");
    assertThat(roster.pipelines()).containsExactlyElementsOf(before);
    assertThat(fleetAndDoors).isEmpty();
    assertThat(reloader.state().last()).isEqualTo(report.toString());
  }

  @Test
  void shouldNameTheKeysThatTakeARestart() {
    ReloadReport report =
        reload(
            BASE.replace("service: scoring", "service: other\nhttp: {listen: \"127.0.0.1:1\"}")
                .replace("topic: bo,", "topic: other,"));

    assertThat(report.outcome()).isEqualTo(Outcome.REFUSED);
    assertThat(report.problems())
        .containsExactly(
            "http.listen, service cannot change while the service runs: only models and pipelines"
                + " can; restart it, or put back what was there");
    assertThat(fleetAndDoors).isEmpty();
  }

  @Test
  void shouldChangeNothingIfSomethingCannotBeMade() {
    List<ServedPipeline> before = List.copyOf(roster.pipelines());

    ReloadReport report =
        reload(
            BASE.replace("topic: bo,", "topic: other,")
                .replace("  cars: {path: cars}", "  cars: {path: cars}\n  bad: {path: bad}"));

    assertThat(report.outcome()).isEqualTo(Outcome.REFUSED);
    assertThat(report.problems()).containsExactly("nothing can be had from there");
    assertThat(roster.pipelines()).containsExactlyElementsOf(before);
    assertThat(pipeline("b").pipeline().state()).isEqualTo(Pipeline.State.WAITING);
  }

  @Test
  void shouldTakeOverAFileThatSaysTheSameInOtherWords() {
    String before = reloader.state().config().fingerprint();

    ReloadReport report = reload("# Reviewed.\n" + BASE);

    assertThat(report.outcome()).isEqualTo(Outcome.DONE);
    assertThat(report.difference().isEmpty()).isTrue();
    assertThat(report.configuration()).isNotEqualTo(before).hasSize(12);
    assertThat(fleetAndDoors).isEmpty();
  }

  @Test
  void shouldBringNothingInThePlaceOfWhatHasNotLeftUntilItIsAskedAgain() {
    ServedPipeline b = pipeline("b");
    ModelHost cars = host("cars");
    awaitAvailable(cars);
    fleet.answers.add(Answer.FAILS);
    String text =
        BASE.replace("topic: bo,", "topic: other,")
            .replace("cars: {path: cars}", "cars: {path: cars, promotion: automatic}");

    ReloadReport failed = reload(text);

    assertThat(failed.outcome()).isEqualTo(Outcome.FAILED);
    assertThat(failed.problems())
        .singleElement()
        .asString()
        .contains("part in the fleet", "the models could not be replaced", "no memory");
    assertThat(roster.pipelines()).hasSize(3);
    assertThat(pipeline("b")).isSameAs(b);
    assertThat(host("cars")).isSameAs(cars);
    assertThat(cars.runtime().declaredSignatures(1)).as("it is not unloaded").isPresent();
    awaitClosed("what was made for it", "cars");

    ReloadReport mended = reload(text);

    assertThat(mended.outcome()).isEqualTo(Outcome.DONE);
    assertThat(mended.toString())
        .startsWith(
            "reload: pipelines added=[] changed=[b, c] removed=[] unchanged=[a] models added=[]"
                + " changed=[cars] removed=[] unchanged=[fraud]");
    assertThat(roster.pipelines()).hasSize(3);
    assertThat(pipeline("b")).isNotSameAs(b);
    assertThat(host("cars")).isNotSameAs(cars);
    assertThat(names(host("cars"))).containsExactly("c");
    assertThat(reload(text).difference().isEmpty()).isTrue();
  }

  @Test
  void shouldBringAgainWhatItHasFailedToBring() {
    fleet.answers.addAll(List.of(Answer.OBEYS, Answer.HANGS));
    String text =
        BASE.replace("topic: bo,", "topic: other,")
            .replace("  cars: {path: cars}", "  cars: {path: cars}\n  vans: {path: vans}");

    ReloadReport failed = reload(text);

    assertThat(failed.outcome()).isEqualTo(Outcome.FAILED);
    assertThat(failed.problems())
        .containsExactly(
            "the control thread has not replaced the models within PT15S (see the log for what it"
                + " waits for)");
    awaitClosed("what nothing came of", "vans");
    fleet.kept.remove().run();
    assertThat(roster.models()).as("by a change that was called off").doesNotContainKey("vans");
    assertThat(roster.pipelines()).hasSize(2);

    ReloadReport mended = reload(text);

    assertThat(mended.outcome()).isEqualTo(Outcome.DONE);
    assertThat(mended.difference().pipelines().changed()).containsExactly("b");
    assertThat(mended.difference().models().changed()).containsExactly("vans");
    assertThat(names(host("fraud"))).containsExactly("a", "b");
    awaitAvailable(host("vans"));
  }

  @Test
  void shouldTellADefectAsAFailure() {
    ReloadReport report =
        reload(BASE.replace("  cars: {path: cars}", "  cars: {path: cars}\n  odd: {path: odd}"));

    assertThat(report.outcome()).isEqualTo(Outcome.FAILED);
    assertThat(report.problems()).containsExactly("java.lang.NoClassDefFoundError: a/Store");
    assertThat(reload(BASE).outcome()).isEqualTo(Outcome.DONE);
  }

  @Test
  void shouldNotTakeAPipelineForHaltedThatIsOnItsWay() throws Exception {
    reload(
        BASE.replace(
            "a: {model: fraud,", "a: {model: fraud, kafka: {security.protocol: SASL_PLAINTEXT},"));
    Pipeline a = pipeline("a").pipeline();
    a.ready(new FakeModel(1).binding());
    a.cutOver(ActiveVersions.all(1, 0));
    a.start();
    assertThat(a.state()).isEqualTo(Pipeline.State.HALTED);

    roster.remove(pipeline("b"));

    assertThat(roster.hasHalted(Set.of("a"))).isTrue();
    assertThat(roster.hasHalted(Set.of("a", "b"))).isFalse();
    assertThat(roster.hasHalted(Set.of())).isFalse();
  }

  @Test
  void shouldTellAPipelineThatComesWhetherTheDecisionsAreKnown() {
    roster.rest().begin("cut off");

    reload(BASE.replace("topic: bo,", "topic: other,"));

    assertThat(pipeline("b").pipeline().pauses()).containsOnlyKeys(Pipeline.Pause.STALE);
    roster.rest().end();
    assertThat(pipeline("b").pipeline().pauses()).isEmpty();
  }

  @Test
  void shouldRefuseToReloadWhileItStops() {
    reloader.close();

    assertThat(reload(BASE).problems()).containsExactly("the service is stopping");
  }

  @Test
  void shouldNotStopAPipelineForOneThatDoesNotSuitWhatItsModelServes() throws Exception {
    serveVersion1("fraud");
    ServedPipeline b = pipeline("b");

    ReloadReport report = reload(withFields("b", "y: amount"));

    assertThat(report.outcome()).isEqualTo(Outcome.REFUSED);
    assertThat(report.problems())
        .singleElement()
        .asString()
        .startsWith("pipelines.b does not suit fraud/1, which serves: ")
        .contains("y");
    assertThat(pipeline("b")).isSameAs(b);
    assertThat(b.pipeline().state()).isNotEqualTo(Pipeline.State.STOPPED);
    assertThat(fleetAndDoors).isEmpty();
    assertThat(reload(withFields("b", "x: amount")).outcome()).isEqualTo(Outcome.DONE);
  }

  @Test
  void shouldCheckTheFilesOfWhatComesWhereNothingServesYet() throws Exception {
    serveVersion1("fraud");

    ReloadReport report =
        reload(
            withFields("b", "x: amount")
                .replace("topic: co,", "topic: broken,")
                .replace("  cars: {path: cars}", "  cars: {path: cars}\n  vans: {path: vans}"));

    assertThat(checked).containsExactly("[vans] [c]");
    assertThat(report.outcome()).isEqualTo(Outcome.REFUSED);
    assertThat(report.problems()).containsExactly("pipeline c: its field does not fit");
    assertThat(fleetAndDoors).isEmpty();
  }

  private static String withFields(String pipeline, String fields) {
    String topic = "topic: " + pipeline + "i, format: json";
    return BASE.replace(topic, topic + ", fields: {" + fields + "}");
  }

  /** As the control plane would have it. */
  private void serveVersion1(String model) throws Exception {
    ModelHost host = host(model);
    host.prepare(1, Map.of()).toCompletableFuture().get(30, TimeUnit.SECONDS);
    isServed = true;
    host.activate(new Activation(1, 7, null, null));
  }

  private void work(Runnable task) {
    if (!isServed) {
      task.run();
    }
  }

  private ReloadReport reload(String text) {
    write(text, file());
    try {
      return reloader.reload(changeover).get(120, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private HealthReport health() {
    return new ServiceHealth(
            reloader::config, roster.models(), roster.pipelines(), new ControlHealth())
        .get();
  }

  private ServedPipeline pipeline(String name) {
    return roster.pipelines().stream()
        .filter(served -> served.pipeline().name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private ModelHost host(String name) {
    ModelHost host = roster.models().get(name);
    assertThat(host).as(name).isNotNull();
    return host;
  }

  private static List<String> names(ModelHost host) {
    return host.describe().pipelines().stream().map(status -> status.getName()).sorted().toList();
  }

  /** A source is closed by the thread that watches it. */
  private void awaitClosed(String what, String model) {
    Await.until(
        () -> "only " + model + " is closed, " + what + ": " + closedSources,
        30,
        () -> closedSources.equals(List.of(model)));
  }

  private static void awaitAvailable(ModelHost host) {
    Await.until(
        () -> "version 1 is available: " + host.runtime().statuses(),
        30,
        () -> host.runtime().declaredSignatures(1).isPresent());
  }

  private Path file() {
    return folder.resolve("penstock.yaml");
  }

  private EffectiveConfig write(String text) {
    write(text, file());
    return load(file());
  }

  private static void write(String text, Path file) {
    try {
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static EffectiveConfig load(Path file) throws ConfigurationException {
    return new ConfigLoader(Map.of(), 2, 1L << 30).load(file);
  }

  /** The configuration's file, with the verdict on a pipeline that does not work. */
  private final class File implements ConfigSource {

    @Override
    public EffectiveConfig read() {
      return load(file());
    }

    @Override
    public void check(EffectiveConfig config, Set<String> models, Set<String> pipelines) {
      checked.add(models + " " + pipelines);
      for (String name : pipelines) {
        if (config.config().pipeline(name).output().topic().equals("broken")) {
          throw new ConfigurationException("pipeline " + name + ": its field does not fit");
        }
      }
    }
  }

  /** Version 1 of every model but one. */
  private final class Fakes implements Foundation {

    @Override
    public ModelLoader loader(SessionSettings settings) {
      return (id, files, signatures) -> new FakeVersion(id, "x", "f");
    }

    @Override
    public ModelSource source(String model, ModelConfig config) {
      if (model.equals("bad")) {
        throw new IllegalStateException("nothing can be had from there");
      }
      if (model.equals("odd")) {
        throw new NoClassDefFoundError("a/Store");
      }
      return new ModelSource() {
        @Override
        public SourceReport scan() {
          return new SourceReport.Aspired(
              new TreeMap<>(Map.of(1L, new AspiredVersion(1, folder, "revision"))),
              new TreeMap<>());
        }

        @Override
        public void close() {
          closedSources.add(model);
        }
      };
    }

    @Override
    public KafkaClientSupplier clients(String pipeline, ThreadLanes lanes) {
      return new PipelineClients(pipeline, lanes);
    }
  }

  /** What comes of a change. */
  private enum Answer {
    OBEYS,
    FAILS,
    /** At least for longer than anybody waits. */
    HANGS
  }

  /** Obeys unless told otherwise; notes which models it has after each change. */
  private final class ObedientFleet implements Changeover.Fleet {

    private final Queue<Answer> answers = new LinkedBlockingQueue<>();
    private final Queue<Runnable> kept = new LinkedBlockingQueue<>();

    @Override
    public CompletableFuture<Void> replaceModels(Runnable change) {
      Answer answer = answers.isEmpty() ? Answer.OBEYS : answers.remove();
      if (answer == Answer.FAILS) {
        return CompletableFuture.failedFuture(new IllegalStateException("no memory"));
      }
      if (answer == Answer.HANGS) {
        kept.add(change);
        return new CompletableFuture<>() {
          @Override
          public Void get(long timeout, TimeUnit unit) throws TimeoutException {
            throw new TimeoutException();
          }
        };
      }
      change.run();
      fleetAndDoors.add("fleet " + new ArrayList<>(new TreeMap<>(roster.models()).keySet()));
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public void follow(ModelHost host) {
      fleetAndDoors.add("follow " + host.runtime().name());
    }
  }

  private final class Doors implements Changeover.Doors {

    @Override
    public void open(ModelHost host) {
      fleetAndDoors.add("open " + host.runtime().name());
    }

    @Override
    public void shut(String model, Duration timeout) {
      fleetAndDoors.add("shut " + model);
    }
  }
}
