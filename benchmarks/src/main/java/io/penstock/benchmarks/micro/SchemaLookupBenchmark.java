package io.penstock.benchmarks.micro;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.sun.net.httpserver.HttpServer;
import io.penstock.codec.InputRecord;
import io.penstock.codec.RecordDecoder;
import io.penstock.registry.RegistrySettings;
import io.penstock.registry.RestSchemaRegistry;
import io.penstock.registry.WireFormat;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.avro.Schema;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * What becomes of a record's schema id, once it is known: the decoder's plan for it, for each
 * record, and the registry client's cache, behind that.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class SchemaLookupBenchmark {

  /** As many writers' schemas as a topic may see in its life. */
  private static final int IDS = 16;

  /** Above what {@code Integer} caches. */
  private static final int FIRST_ID = 100_001;

  private final RecordDecoder decoder = Images.inputs().decoder(Images.SIGNATURE);
  private final InputRecord[] records = new InputRecord[IDS];
  private final RestSchemaRegistry registry = knowing(FIRST_ID);
  private int next;

  public SchemaLookupBenchmark() {
    for (int i = 0; i < IDS; i++) {
      byte[] framed = Images.framed();
      WireFormat.writeHeader(framed, FIRST_ID + i);
      records[i] = Images.record(framed);
      decoder.prepare(records[i]);
    }
  }

  /** What a stream thread does with each record. */
  @Benchmark
  public InputRecord plan() {
    InputRecord record = records[next++ & (IDS - 1)];
    decoder.prepare(record);
    return record;
  }

  /** What each stream thread does with each schema once. */
  @Benchmark
  public Schema cachedSchema() {
    return registry.schemaById(FIRST_ID);
  }

  /** A client that was told the schema of an id, by a server that is gone since. */
  private static RestSchemaRegistry knowing(int id) {
    try {
      HttpServer server =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      byte[] answer =
          new JsonMapper().writeValueAsBytes(Map.of("schema", Images.SCHEMA.toString()));
      server.createContext(
          "/",
          exchange -> {
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
          });
      server.start();
      String url = "http://127.0.0.1:" + server.getAddress().getPort();
      RestSchemaRegistry client =
          new RestSchemaRegistry(RegistrySettings.of(Map.of("schema.registry.url", url)));
      Schema unused = client.schemaById(id);
      server.stop(0);
      return client;
    } catch (IOException e) {
      throw new IllegalStateException("No registry could be started", e);
    }
  }
}
