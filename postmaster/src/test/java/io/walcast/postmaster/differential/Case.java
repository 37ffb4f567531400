// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.differential;

import java.util.function.BiConsumer;

/**
 * What is said to both sides.
 *
 * @param name names it in reports and in {@link WantedDifferences}
 * @param script says it, and takes down what comes
 */
record Case(String name, BiConsumer<Talk, Site> script) {

    static Case of(String name, BiConsumer<Talk, Site> script) {
        return new Case(name, script);
    }

    /** Returns the case of one query in a physical replication session, which is alive after it. */
    static Case query(String text) {
        return new Case(
                "query " + text, (talk, site) -> talk.replication().query(text).query("SHOW wal_segment_size"));
    }
}
