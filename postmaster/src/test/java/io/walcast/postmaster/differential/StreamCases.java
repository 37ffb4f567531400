// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.differential;

import io.walcast.core.Lsn;
import io.walcast.core.PgTimestamp;
import io.walcast.core.protocol.StandbyMessage;
import io.walcast.testkit.standby.FrontendBytes;
import java.util.ArrayList;
import java.util.List;

/** {@code START_REPLICATION}. */
final class StreamCases {
    private static final int PAGE = 8192;

    private StreamCases() {}

    static List<Case> all() {
        List<Case> cases = new ArrayList<>();
        addCurrent(cases);
        addHistoric(cases);
        addSlots(cases);
        addMessages(cases);
        addTimes(cases);
        return cases;
    }

    private static StandbyMessage status(Lsn flush, boolean replyRequested) {
        return new StandbyMessage.StatusUpdate(flush, flush, flush, PgTimestamp.NONE, replyRequested);
    }

    private static void addCurrent(List<Case> cases) {
        for (String form : List.of(
                "START_REPLICATION %s",
                "START_REPLICATION PHYSICAL %s",
                "START_REPLICATION PHYSICAL %s TIMELINE 2",
                "START_REPLICATION %s TIMELINE 2;")) {
            cases.add(Case.of(
                    "from the segment's start: " + form,
                    (talk, site) -> talk.replication()
                            .ask(form.formatted(site.segmentStart()))
                            .next()
                            .wal(site.flush(), true)
                            .copyDone()
                            .answer()
                            .query("IDENTIFY_SYSTEM")));
        }
        for (int offset : new int[] {-PAGE - 1, -PAGE, -100, -1, 0}) {
            cases.add(Case.of("flush " + offset, (talk, site) -> {
                talk.replication()
                        .ask("START_REPLICATION " + Site.at(site.flush(), offset))
                        .next();
                (offset == 0 ? talk : talk.wal(site.flush(), true))
                        .send(status(site.flush(), true))
                        .next()
                        .copyDone()
                        .answer()
                        .query("IDENTIFY_SYSTEM");
            }));
        }
        for (int offset : new int[] {1, 100, PAGE, 16 << 20}) {
            cases.add(Case.of(
                    "flush +" + offset,
                    (talk, site) -> talk.replication()
                            .query("START_REPLICATION " + Site.at(site.flush(), offset))
                            .query("IDENTIFY_SYSTEM")));
        }
        for (String where : List.of("0/0", "0/1", "0/1000000", "FFFFFFFF/FFFFFFFF", "7fffffff/ffffffff")) {
            cases.add(Case.of(
                    "start at " + where,
                    (talk, site) -> talk.replication()
                            .query("START_REPLICATION " + where)
                            .query("IDENTIFY_SYSTEM")));
        }
        cases.add(Case.of(
                "removed segment",
                (talk, site) -> talk.replication()
                        .query("START_REPLICATION " + site.old() + " TIMELINE 2")
                        .query("IDENTIFY_SYSTEM")));
    }

    private static void addHistoric(List<Case> cases) {
        for (int offset : new int[] {-3 * PAGE, -PAGE - 1, -PAGE, -PAGE + 1, -100, -8, -1}) {
            cases.add(Case.of(
                    "switch point " + offset,
                    (talk, site) -> talk.replication()
                            .ask("START_REPLICATION " + Site.at(site.switchPoint(), offset) + " TIMELINE 1")
                            .next()
                            .wal(site.switchPoint(), true)
                            .next()
                            .copyDone()
                            .answer()
                            .query("IDENTIFY_SYSTEM")));
        }
        for (int offset : new int[] {0, 1, 8, 100, PAGE - 1, PAGE, PAGE + 1}) {
            cases.add(Case.of(
                    "switch point +" + offset,
                    (talk, site) -> talk.replication()
                            .query("START_REPLICATION " + Site.at(site.switchPoint(), offset) + " TIMELINE 1")
                            .query("IDENTIFY_SYSTEM")));
        }
        cases.add(Case.of(
                "before the switch, on the newest timeline",
                (talk, site) -> talk.replication()
                        .ask("START_REPLICATION " + Site.at(site.switchPoint(), -3 * PAGE) + " TIMELINE 2")
                        .next()
                        .wal(site.flush(), true)
                        .copyDone()
                        .answer()));
        for (String timeline : List.of("3", "99", "0", "4294967295", "4294967296")) {
            cases.add(Case.of(
                    "timeline " + timeline,
                    (talk, site) -> talk.replication()
                            .query("START_REPLICATION " + site.switchPoint() + " TIMELINE " + timeline)
                            .query("IDENTIFY_SYSTEM")));
        }
    }

    private static void addSlots(List<Case> cases) {
        cases.add(Case.of(
                "slot that is not there",
                (talk, site) -> talk.replication()
                        .query("START_REPLICATION SLOT nosuch " + site.flush())
                        .query("IDENTIFY_SYSTEM")));
        cases.add(Case.of(
                "slot follows what is flushed",
                (talk, site) -> talk.replication()
                        .query("CREATE_REPLICATION_SLOT s2 PHYSICAL")
                        .ask("START_REPLICATION SLOT s2 " + site.segmentStart() + " TIMELINE 2")
                        .next()
                        .wal(site.flush(), false)
                        .send(status(site.flush(), true))
                        .next()
                        .copyDone()
                        .answer()
                        .query("READ_REPLICATION_SLOT s2")
                        .query("DROP_REPLICATION_SLOT s2")));
        cases.add(Case.of("slot in use", (talk, site) -> {
            talk.replication()
                    .query("CREATE_REPLICATION_SLOT s3 PHYSICAL")
                    .ask("START_REPLICATION SLOT s3 " + site.flush())
                    .next();
            try (Talk other = talk.another()) {
                other.replication()
                        .query("START_REPLICATION SLOT s3 " + site.flush())
                        .query("DROP_REPLICATION_SLOT s3")
                        .query("READ_REPLICATION_SLOT s3")
                        .ask("DROP_REPLICATION_SLOT s3 WAIT");
                talk.copyDone().answer();
                other.answer();
            }
        }));
        cases.add(Case.of("slot of a silent holder", (talk, site) -> {
            talk.replication("options=-c wal_sender_timeout=4s")
                    .query("CREATE_REPLICATION_SLOT s5 PHYSICAL")
                    .ask("START_REPLICATION SLOT s5 " + site.flush())
                    .next()
                    .timed(); // asked for a reply, which it does not give
            try (Talk other = talk.another()) {
                other.replication()
                        .ask("START_REPLICATION SLOT s5 " + site.flush())
                        .next();
                talk.answer();
                other.copyDone().answer().query("DROP_REPLICATION_SLOT s5");
            }
        }));
        cases.add(Case.of("a wait for a slot can be canceled", (talk, site) -> {
            talk.replication()
                    .query("CREATE_REPLICATION_SLOT s4 PHYSICAL")
                    .ask("START_REPLICATION SLOT s4 " + site.flush())
                    .next();
            try (Talk other = talk.another()) {
                other.replication().ask("DROP_REPLICATION_SLOT s4 WAIT").cancelUntilAnswered();
            }
            talk.copyDone().answer().query("DROP_REPLICATION_SLOT s4");
        }));
    }

    private static void addMessages(List<Case> cases) {
        add(cases, "query while streaming", FrontendBytes.query("IDENTIFY_SYSTEM"));
        add(cases, "sync while streaming", FrontendBytes.message('S', new byte[0]));
        add(cases, "copy fails", FrontendBytes.copyFail("enough"));
        add(cases, "terminate in the stream", FrontendBytes.terminate());
        add(cases, "standby message of type z", FrontendBytes.copyData(new byte[] {'z'}));
        add(cases, "standby message without a type", FrontendBytes.copyData(new byte[0]));
        add(cases, "status update of 5 bytes", FrontendBytes.copyData(new byte[] {'r', 1, 2, 3, 4}));
        add(cases, "feedback of 5 bytes", FrontendBytes.copyData(new byte[] {'h', 1, 2, 3, 4}));
        cases.add(Case.of(
                "cancel of a stream",
                (talk, site) -> talk.replication()
                        .ask("START_REPLICATION " + site.flush())
                        .next()
                        .cancel()
                        .answer()
                        .query("IDENTIFY_SYSTEM")));
        cases.add(Case.of(
                "command behind CopyDone",
                (talk, site) -> talk.replication()
                        .ask("START_REPLICATION " + site.flush())
                        .next()
                        .copyDone()
                        .ask("IDENTIFY_SYSTEM")
                        .answer()
                        .answer()));
        cases.add(Case.of(
                "stream twice",
                (talk, site) -> talk.replication()
                        .ask("START_REPLICATION " + site.flush())
                        .next()
                        .copyDone()
                        .answer()
                        .ask("START_REPLICATION " + Site.at(site.flush(), -50))
                        .next()
                        .wal(site.flush(), true)
                        .copyDone()
                        .answer()));
    }

    private static void add(List<Case> cases, String name, byte[] message) {
        cases.add(Case.of(
                name,
                (talk, site) -> talk.replication()
                        .ask("START_REPLICATION " + site.flush())
                        .next()
                        .send(message)
                        .answer()));
    }

    private static void addTimes(List<Case> cases) {
        cases.add(Case.of(
                "a silent standby is asked, then dropped",
                (talk, site) -> talk.replication("options=-c wal_sender_timeout=2s")
                        .ask("START_REPLICATION " + site.flush())
                        .next()
                        .timed()
                        .timed()));
        cases.add(Case.of(
                "a standby that answers is asked again",
                (talk, site) -> talk.replication("options=-c wal_sender_timeout=2s")
                        .ask("START_REPLICATION " + site.flush())
                        .next()
                        .timed()
                        .send(status(site.flush(), false))
                        .timed()
                        .copyDone()
                        .answer()));
    }
}
