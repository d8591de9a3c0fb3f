package io.penstock.control;

import java.time.Duration;

/**
 * How long things take around a promotion.
 *
 * @param preparation after which one is given up, unless its command says otherwise
 * @param notice how long before the first record that it is about a promotion from a timestamp on
 *     has to be decided: as long as instances may serve without knowing what is decided
 * @param retention how long after that time the version before still serves earlier records
 */
public record PromotionTimes(Duration preparation, Duration notice, Duration retention) {}
