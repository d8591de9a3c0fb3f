package io.penstock.config;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Predictions by request, beside streams: where they are asked for, and how the requests for each
 * model are batched and bounded.
 *
 * @param rest where requests over REST are answered; empty: as {@link PenstockConfig#rest} decides
 * @param grpc where requests over gRPC are answered; empty: nowhere
 * @param share the weight of a model's requests on the inference threads
 * @param maxQueuedRows rows for one model that are not answered at which more are refused
 * @param maxQueued the same in bytes, of bodies that are being read too
 * @param maxBody the most bytes of one request
 * @param timeout how long a request may take, its body included
 */
public record RequestsConfig(
    Optional<Rest> rest,
    Optional<GrpcConfig> grpc,
    Batching batch,
    int share,
    int maxQueuedRows,
    DataSize maxQueued,
    DataSize maxBody,
    Duration timeout) {

  public static final Syntax<Rest> REST =
      Syntax.of("none, admin, or host:port such as 127.0.0.1:8501", Rest::read);

  public static final Syntax<Integer> ROWS = BatchConfig.ROWS;
  public static final Syntax<DataSize> BYTES = BatchConfig.BYTES;
  public static final Syntax<Duration> LINGER = BatchConfig.LINGER;
  public static final Syntax<Integer> SHARE = PipelineConfig.SHARE;
  public static final Syntax<Integer> MAX_QUEUED_ROWS = Syntax.wholeNumber(1, 10_000_000);
  public static final Syntax<DataSize> MAX_QUEUED_BYTES = Syntax.dataSize(1 << 20);
  public static final Syntax<DataSize> MAX_BODY = Syntax.dataSize(1 << 10, 1 << 30);
  public static final Syntax<Duration> TIMEOUT = Syntax.duration(Duration.ofMillis(1));

  public RequestsConfig {
    Objects.requireNonNull(rest, "rest");
    Objects.requireNonNull(grpc, "grpc");
    Objects.requireNonNull(batch, "batch");
    SHARE.check("share", share);
    MAX_QUEUED_ROWS.check("max-queued-rows", maxQueuedRows);
    MAX_QUEUED_BYTES.check("max-queued-bytes", maxQueued);
    MAX_BODY.check("max-body", maxBody);
    TIMEOUT.check("timeout", timeout);
  }

  /**
   * What a batch of requests is like.
   *
   * @param rows the most rows of a batch
   * @param allowedSizes the sizes that batches are run at, padded; empty: any
   * @param bytes the most bytes of a batch's inputs
   * @param linger how long a row may wait for others
   */
  public record Batching(int rows, List<Integer> allowedSizes, DataSize bytes, Duration linger) {
    public Batching {
      ROWS.check("rows", rows);
      allowedSizes = List.copyOf(allowedSizes);
      BYTES.check("bytes", bytes);
      LINGER.check("linger", linger);
      BatchConfig.requireSizes(allowedSizes, rows);
    }
  }

  /** Where requests over REST are answered. */
  public sealed interface Rest {

    /** The one on the admin server. */
    Rest ADMIN = new Admin();

    /** The one that is nowhere. */
    Rest NONE = new None();

    private static Optional<Rest> read(String text) {
      return switch (text) {
        case "admin" -> Optional.of(ADMIN);
        case "none" -> Optional.of(NONE);
        default -> HttpConfig.Address.read(text).map(Own::new);
      };
    }
  }

  /** On the admin server, beside all that it answers. */
  private record Admin() implements Rest {
    @Override
    public String toString() {
      return "admin";
    }
  }

  /** Nowhere. */
  private record None() implements Rest {
    @Override
    public String toString() {
      return "none";
    }
  }

  /** On a port of its own, with the admin server's certificate and token. */
  public record Own(HttpConfig.Address listen) implements Rest {
    @Override
    public String toString() {
      return listen.toString();
    }
  }
}
