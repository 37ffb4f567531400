// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.differential;

/** Which of PostgreSQL's servers answers: in some messages they differ. */
enum Reference {
    /** One that takes its WAL from another: what a relay is, too. */
    STANDBY,
    /** One that writes WAL of its own. */
    PRIMARY
}
