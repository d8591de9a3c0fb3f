package io.penstock.requests;

import io.penstock.model.BatchSizes;
import java.time.Duration;

/**
 * How the requests for one model are batched, and how many of them may wait.
 *
 * @param sizes the sizes that batches are run at
 * @param maxBytes bytes of input columns that a batch of several rows does not exceed
 * @param linger how long a row waits for others at most
 * @param share weight on the inference threads, beside the pipelines'
 * @param runners how many batches run at the same time in this process
 * @param maxQueuedRows rows of requests that are not answered at which more are refused
 * @param maxQueuedBytes the same in bytes
 * @param timeout how long a request waits at most
 * @param runTimeout after how long a run is given up on
 */
public record RequestSettings(
    BatchSizes sizes,
    int maxBytes,
    Duration linger,
    int share,
    int runners,
    int maxQueuedRows,
    long maxQueuedBytes,
    Duration timeout,
    Duration runTimeout) {}
