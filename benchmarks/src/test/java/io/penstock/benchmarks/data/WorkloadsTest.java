package io.penstock.benchmarks.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.DecoderFactory;
import org.junit.jupiter.api.Test;

class WorkloadsTest {

  private static final Path EXAMPLES = Path.of("..", "examples");

  @Test
  void shouldFrameWhatAvroReadsBack() throws IOException {
    for (Workload workload :
        List.of(
            Workloads.ffnn(Path.of("unused")),
            Workloads.digits(EXAMPLES.resolve("digits")),
            Workloads.cars(EXAMPLES.resolve("cars-mpg")),
            Workloads.reviews(EXAMPLES.resolve("reviews")))) {
      List<byte[]> framed = workload.framed(7);

      assertThat(framed)
          .as(workload.name())
          .hasSameSizeAs(workload.records())
          .hasSizeGreaterThan(200);
      byte[] first = framed.get(0);
      assertThat(ByteBuffer.wrap(first).get()).isZero();
      assertThat(ByteBuffer.wrap(first).getInt(1)).isEqualTo(7);
      GenericRecord read =
          new GenericDatumReader<GenericRecord>(workload.schema())
              .read(null, DecoderFactory.get().binaryDecoder(first, 5, first.length - 5, null));
      assertThat(read).as(workload.name()).hasToString(workload.records().get(0).toString());
    }
  }

  @Test
  void shouldMakeRecordsOfThreeKilobytes() {
    assertThat(Workloads.ffnn(Path.of("unused")).framed(1).get(0)).hasSizeBetween(3_100, 3_200);
  }
}
