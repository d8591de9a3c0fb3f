package io.penstock.model.tensorflow;

import io.penstock.model.fitness.GoldenChecks;
import io.penstock.model.lifecycle.ModelSettings;
import io.penstock.model.tensorflow.log.WarmUpRecords;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.SavedModel;

/** A way to break a version, and what is said about it. */
enum Breakage {
  EMPTY_GRAPH("saved_model.pb is empty. Copy the SavedModel again.") {
    @Override
    void apply(Path version) throws IOException {
      truncate(version.resolve(GRAPH), 0);
    }
  },
  TRUNCATED_GRAPH("saved_model.pb is truncated or no SavedModel") {
    @Override
    void apply(Path version) throws IOException {
      truncate(version.resolve(GRAPH), 0.5);
    }
  },
  GARBAGE("saved_model.pb is truncated or no SavedModel") {
    @Override
    void apply(Path version) throws IOException {
      Files.writeString(version.resolve(GRAPH), "not a protocol buffer at all");
    }
  },
  OTHER_TAGS("it has no graph with tag serve (found: [[train, gpu]]). Export it for serving.") {
    @Override
    void apply(Path version) throws IOException {
      edit(
          version,
          graph -> {
            graph.getMetaInfoDefBuilder().clearTags().addTags("train").addTags("gpu");
            return graph;
          });
    }
  },
  UNKNOWN_OPERATION("Op type not registered 'PenstockUnknown'") {
    @Override
    void apply(Path version) throws IOException {
      edit(
          version,
          graph -> {
            graph.getGraphDefBuilder().getNodeBuilder(0).setOp("PenstockUnknown");
            return graph;
          });
    }
  },
  SIGNATURE_WITHOUT_ITS_TENSOR("stands for tensor nowhere:0, which is not in the graph") {
    @Override
    void apply(Path version) throws IOException {
      edit(
          version,
          graph -> {
            var signature = graph.getSignatureDefOrThrow(SIGNATURE).toBuilder();
            String output = signature.getOutputsMap().keySet().iterator().next();
            var tensor = signature.getOutputsOrThrow(output).toBuilder().setName("nowhere:0");
            return graph.putSignatureDef(
                SIGNATURE, signature.putOutputs(output, tensor.build()).build());
          });
    }
  },
  NO_SIGNATURE("has no signature serving_default (expected: one of [])") {
    @Override
    void apply(Path version) throws IOException {
      edit(version, MetaGraphDef.Builder::clearSignatureDef);
    }
  },
  NO_VARIABLES("digits/2 loaded, but its first runs failed: ") {
    @Override
    void apply(Path version) throws IOException {
      Files.delete(version.resolve(SHARD));
      Files.delete(version.resolve(INDEX));
      Files.delete(version.resolve("variables"));
    }
  },
  NO_SHARD("variables.data-00000-of-00001; No such file or directory") {
    @Override
    void apply(Path version) throws IOException {
      Files.delete(version.resolve(SHARD));
    }
  },
  EMPTY_SHARD("Read less bytes than requested") {
    @Override
    void apply(Path version) throws IOException {
      truncate(version.resolve(SHARD), 0);
    }
  },
  TRUNCATED_SHARD("Read less bytes than requested") {
    @Override
    void apply(Path version) throws IOException {
      truncate(version.resolve(SHARD), 0.5);
    }
  },
  FLIPPED_SHARD("Checksum does not match") {
    @Override
    void apply(Path version) throws IOException {
      flipABit(version.resolve(SHARD));
    }
  },
  EMPTY_INDEX("file is too short to be an sstable") {
    @Override
    void apply(Path version) throws IOException {
      truncate(version.resolve(INDEX), 0);
    }
  },
  TRUNCATED_INDEX("not an sstable (bad magic number)") {
    @Override
    void apply(Path version) throws IOException {
      truncate(version.resolve(INDEX), 0.5);
    }
  },
  FLIPPED_INDEX("variables/variables.index") {
    @Override
    void apply(Path version) throws IOException {
      flipABit(version.resolve(INDEX));
    }
  },
  BROKEN_WARM_UP("its warm-up requests cannot be run: ") {
    @Override
    void apply(Path version) throws IOException {
      new WarmUpRecords().record(new byte[] {1, 2, 3}).writeTo(version);
    }
  },
  EMPTY_FILES("saved_model.pb is empty. Copy the SavedModel again.") {
    @Override
    void apply(Path version) throws IOException {
      truncate(version.resolve(GRAPH), 0);
      truncate(version.resolve(SHARD), 0);
      truncate(version.resolve(INDEX), 0);
    }
  },
  NO_NUMBERS("computes infinities or NaN for every synthetic batch of its warm-up") {
    @Override
    void apply(Path version) throws IOException {
      edit(version, Breakage::takeLogarithms);
    }
  },
  WRONG_OUTPUTS("computes something else than its golden checks expect, in 1 of 1 records") {
    @Override
    void apply(Path version) throws IOException {
      Files.createDirectories(version.resolve("assets.extra"));
      Files.writeString(version.resolve(GoldenChecks.FILE), golden());
    }
  };

  static final String GRAPH = "saved_model.pb";
  static final String INDEX = "variables/variables.index";
  static final String SHARD = "variables/variables.data-00000-of-00001";
  private static final String SIGNATURE = ModelSettings.DEFAULT_SIGNATURE;

  private final String reason;

  Breakage(String reason) {
    this.reason = reason;
  }

  /** What is said about it, in part. */
  String reason() {
    return reason;
  }

  abstract void apply(Path version) throws IOException;

  private static void truncate(Path file, double share) throws IOException {
    try (var channel = Files.newByteChannel(file, StandardOpenOption.WRITE)) {
      channel.truncate((long) (channel.size() * share));
    }
  }

  private static void flipABit(Path file) throws IOException {
    byte[] content = Files.readAllBytes(file);
    content[content.length / 3] ^= 0x10;
    Files.write(file, content);
  }

  private static void edit(Path version, UnaryOperator<MetaGraphDef.Builder> change)
      throws IOException {
    Path file = version.resolve(GRAPH);
    SavedModel.Builder model = SavedModel.parseFrom(Files.readAllBytes(file)).toBuilder();
    var unused = change.apply(model.getMetaGraphsBuilder(0));
    Files.write(file, model.build().toByteArray());
  }

  /** A blank image, and a digit that nobody is so sure of. */
  private static String golden() {
    String pixels = "0,".repeat(63) + "0";
    return "{\"inputs\": ["
        + pixels
        + "], \"outputs\": {\"probabilities\": [1,0,0,0,0,0,0,0,0,0]}}";
  }

  /** A logarithm for the softmax: of what is below zero, in whichever of the ten it is. */
  private static MetaGraphDef.Builder takeLogarithms(MetaGraphDef.Builder graph) {
    for (FunctionDef.Builder function :
        graph.getGraphDefBuilder().getLibraryBuilder().getFunctionBuilderList()) {
      for (NodeDef.Builder node : function.getNodeDefBuilderList()) {
        node.setOp(node.getOp().equals("Softmax") ? "Log" : node.getOp());
        for (int i = 0; i < node.getInputCount(); i++) {
          node.setInput(i, ofLogarithm(node.getInput(i)));
        }
      }
      Map.copyOf(function.getRetMap())
          .forEach((name, tensor) -> function.putRet(name, ofLogarithm(tensor)));
    }
    return graph;
  }

  /** The name of a tensor, which ends with its operation's own name for it. */
  private static String ofLogarithm(String tensor) {
    return tensor.replace(":softmax:", ":y:");
  }
}
