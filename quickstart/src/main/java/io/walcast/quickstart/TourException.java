// SPDX-License-Identifier: Apache-2.0
package io.walcast.quickstart;

/** The tour cannot go on, or showed what it should not have. */
final class TourException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TourException(String message) {
        super(message);
    }
}
