// SPDX-License-Identifier: Apache-2.0
package io.walcast.benchmarks.sidebyside;

/** A measured program failed, or left other files than it should have. */
final class MeasurementException extends RuntimeException {
    MeasurementException(String message) {
        super(message);
    }
}
