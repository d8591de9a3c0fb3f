package io.penstock.demo.check;

/** From this input record on, another version served the partition. */
public record Cutover(int partition, long offset, long from, long to) {}
