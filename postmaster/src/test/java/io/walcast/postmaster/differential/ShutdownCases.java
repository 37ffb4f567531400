// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.differential;

import io.walcast.core.Lsn;
import io.walcast.core.PgTimestamp;
import io.walcast.core.protocol.StandbyMessage;
import java.util.List;
import java.util.function.BiConsumer;

/** What those who are connected are told when a server shuts down fast. */
final class ShutdownCases {
    private ShutdownCases() {}

    /**
     * A client whose server shuts down.
     *
     * @param name names it in reports
     * @param before what it says before that
     * @param after what it says afterwards, and takes down
     */
    record Client(String name, BiConsumer<Talk, Site> before, BiConsumer<Talk, Site> after) {}

    static List<Client> all() {
        return List.of(
                new Client("an idle session", (talk, site) -> talk.replication(), (talk, site) -> talk.answer()),
                new Client(
                        "a stream whose end is confirmed already",
                        (talk, site) ->
                                begin(talk, site).send(confirmed(site, true)).next(), // the answer: it was read
                        (talk, site) -> talk.answer()),
                new Client(
                        "a stream that confirms when it is asked",
                        ShutdownCases::begin,
                        (talk, site) -> talk.next().send(confirmed(site, false)).answer()),
                new Client(
                        "a stream that the client ends",
                        ShutdownCases::begin,
                        (talk, site) -> talk.next().copyDone().answer()));
    }

    /** PostgreSQL takes a walsender for idle until a moment after it has said that the stream begins: it has to answer. */
    private static Talk begin(Talk talk, Site site) {
        StandbyMessage nothingConfirmed =
                new StandbyMessage.StatusUpdate(Lsn.INVALID, Lsn.INVALID, Lsn.INVALID, PgTimestamp.NONE, true);
        return talk.replication()
                .ask("START_REPLICATION " + site.flush())
                .next()
                .send(nothingConfirmed)
                .next();
    }

    private static StandbyMessage confirmed(Site site, boolean replyRequested) {
        return new StandbyMessage.StatusUpdate(
                site.flush(), site.flush(), site.flush(), PgTimestamp.NONE, replyRequested);
    }
}
