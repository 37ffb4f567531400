// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.transport;

import static java.util.Objects.requireNonNull;

import io.walcast.core.error.ErrorFields;

/** What a scripted primary does about a call instead of, or before, answering it. */
public sealed interface Reaction {

    /** Sends a notice, and goes on with the next reaction or the answer. */
    record Notice(ErrorFields fields) implements Reaction {
        public Notice {
            requireNonNull(fields, "fields");
        }
    }

    /** Answers with an error; one of severity FATAL ends the connection too. */
    record Fail(ErrorFields fields) implements Reaction {
        public Fail {
            requireNonNull(fields, "fields");
        }
    }

    /** Never answers. */
    record Stall() implements Reaction {}

    /** Ends the connection without a word. */
    record Drop() implements Reaction {}
}
