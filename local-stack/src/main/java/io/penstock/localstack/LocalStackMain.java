package io.penstock.localstack;

import java.io.IOException;
import java.io.OutputStream;

/**
 * Runs a local stack until its standard input closes or it is asked to end (SIGINT, SIGTERM).
 * Prints the addresses as one line of JSON: {@code {"bootstrapServers":"…","registryUrl":"…"}}.
 */
public final class LocalStackMain {

  private LocalStackMain() {}

  public static void main(String[] args) throws IOException {
    try (LocalStack stack = LocalStack.start()) {
      System.out.printf(
          "{\"bootstrapServers\":\"%s\",\"registryUrl\":\"%s\"}%n",
          stack.bootstrapServers(), stack.registryUrl());
      System.in.transferTo(OutputStream.nullOutputStream());
    }
  }
}
