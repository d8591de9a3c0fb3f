package io.penstock.benchmarks.suite;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How much is measured.
 *
 * @param quick whether a first impression is enough: fewer records, shorter times
 * @param repetitions of every variant
 * @param records how many records a fast variant drains, if not the suite's own number
 * @param results where results go, a folder for each suite
 * @param halfCapacity how long the service runs at half its capacity after a backlog
 * @param profile whether a flight recording is made of what is measured
 * @param ffnn the folder of the SavedModel of the Crayfish benchmark, if not beside the checkout
 */
public record Options(
    boolean quick,
    int repetitions,
    OptionalLong records,
    Path results,
    Duration halfCapacity,
    boolean profile,
    Optional<Path> ffnn) {}
