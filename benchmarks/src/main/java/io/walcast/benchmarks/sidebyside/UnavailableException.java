// SPDX-License-Identifier: Apache-2.0
package io.walcast.benchmarks.sidebyside;

/** Something that a comparison needs is not on this machine. */
final class UnavailableException extends RuntimeException {
    UnavailableException(String message) {
        super(message);
    }
}
