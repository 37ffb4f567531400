// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.transport;

import io.walcast.core.TimelineId;
import io.walcast.core.error.ErrorFields;
import io.walcast.core.error.ServerErrorException;
import io.walcast.testkit.primary.PrimarySession;
import io.walcast.testkit.primary.Rows;
import io.walcast.testkit.primary.ServerMessages;
import io.walcast.testkit.primary.StartupMessage;
import io.walcast.transport.CreatedSlot;
import io.walcast.transport.EndResult;
import io.walcast.transport.ExecResult;
import io.walcast.transport.SlotPosition;
import io.walcast.transport.SystemIdentity;
import io.walcast.transport.TimelineHistoryFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** One connection that follows a {@link PrimaryScript} over PostgreSQL's protocol. Confined to the script's thread. */
final class LibpqSession {
    private static final Duration PATIENCE = Duration.ofHours(1);
    private static final Pattern COMMAND = Pattern.compile("([A-Z_]+)(?: \"?([A-Za-z0-9_]+)\"?)?( .*)?");
    private static final Pattern START = Pattern.compile(
            "START_REPLICATION (?:SLOT \"?([a-z0-9_]+)\"? )?(?:PHYSICAL )?([0-9A-F]+/[0-9A-F]+)(?: TIMELINE (\\d+))?");

    private final PrimarySession session;
    private final PrimaryScript script;
    private final PrimaryAnswers answers;
    private final LibpqInbox inbox;

    LibpqSession(PrimarySession session, PrimaryScript script) {
        this.session = session;
        this.script = script;
        this.answers = new PrimaryAnswers(script);
        this.inbox = new LibpqInbox(session, script.journal());
    }

    /** Something that answers a command. */
    private interface Answer {
        void send() throws IOException;
    }

    void run() throws IOException {
        session.setTimeout(PATIENCE);
        StartupMessage startup = session.declineEncryption();
        String application = startup.parameters().getOrDefault("application_name", "");
        try {
            if (!react(PrimaryCall.CONNECT, application)) {
                return;
            }
            session.sendAuthenticationOk();
            Map<String, String> parameters = new LinkedHashMap<>(PrimarySession.PARAMETERS);
            parameters.put("server_version", script.serverMajor() + ".0");
            session.completeStartup(parameters);
            startInbox();
            while (answer(inbox.nextQuery())) {
                // each turn answers one command
            }
        } catch (LibpqInbox.GoneException e) {
            // and so is the script
        }
    }

    private void startInbox() {
        Thread thread = new Thread(inbox, "walcast-primary-inbox-" + session.number());
        thread.setDaemon(true);
        thread.start();
    }

    /** Answers a command; returns whether the connection goes on. */
    private boolean answer(String query) throws IOException {
        Matcher start = START.matcher(query);
        if (start.matches()) {
            String slot = start.group(1) == null ? "" : start.group(1) + " ";
            String timeline = start.group(3) == null ? "" : "/" + start.group(3);
            return call(PrimaryCall.START_STREAMING, slot + start.group(2) + timeline, this::stream);
        }
        Matcher command = COMMAND.matcher(query);
        String verb = command.matches() ? command.group(1) : "";
        String name = command.matches() && command.group(2) != null ? command.group(2) : "";
        return switch (verb) {
            case "IDENTIFY_SYSTEM" -> call(PrimaryCall.IDENTIFY_SYSTEM, "", this::identify);
            case "SHOW" -> call(PrimaryCall.SHOW, name, () -> show(name));
            case "TIMELINE_HISTORY" -> call(PrimaryCall.TIMELINE_HISTORY, name, () -> history(name));
            case "READ_REPLICATION_SLOT" -> call(PrimaryCall.READ_SLOT, name, () -> readSlot(name));
            case "CREATE_REPLICATION_SLOT" ->
                call(PrimaryCall.CREATE_SLOT, name, () -> createSlot(name, query.contains("RESERVE_WAL")));
            case "ALTER_REPLICATION_SLOT" ->
                call(PrimaryCall.ALTER_SLOT, name, () -> {
                    answers.alterSlot(name);
                    complete(verb);
                });
            case "DROP_REPLICATION_SLOT" ->
                call(PrimaryCall.DROP_SLOT, name, () -> {
                    answers.dropSlot(name);
                    complete(verb);
                });
            default -> call(PrimaryCall.EXEC, query, () -> exec(query));
        };
    }

    private boolean call(PrimaryCall call, String argument, Answer answer) throws IOException {
        if (!react(call, argument)) {
            return !session.isEnded();
        }
        try {
            answer.send();
        } catch (ServerErrorException e) {
            sendError(session, e.fields());
        }
        return !session.isEnded();
    }

    /** Does what the script says about a call; returns whether to answer it. */
    private boolean react(PrimaryCall call, String argument) throws IOException {
        script.journal().called(call, argument);
        Reaction reaction = script.takeReaction(call);
        while (reaction instanceof Reaction.Notice notice) {
            session.sendRaw(ServerMessages.message('N', body(notice.fields())));
            reaction = script.takeReaction(call);
        }
        if (reaction instanceof Reaction.Stall) {
            if (call == PrimaryCall.CONNECT) {
                session.startReading();
                startInbox();
            }
            inbox.awaitGone();
        } else if (reaction instanceof Reaction.Fail fail) {
            sendError(session, fail.fields());
        } else if (reaction instanceof Reaction.Drop) {
            session.close();
        }
        return reaction == null;
    }

    private void stream() throws IOException {
        PrimaryStream stream = script.takeStream();
        EndResult nothingThere = stream.nothingThere();
        if (nothingThere == null) {
            inbox.beginStream();
            session.sendCopyBoth();
            new LibpqOutlet(session, inbox, script).play(stream);
            return;
        }
        if (nothingThere.nextTimeline() != null && nothingThere.nextStart() != null) {
            session.sendResultSet(LibpqOutlet.nextTimeline(nothingThere.nextTimeline(), nothingThere.nextStart()));
            session.sendCommandComplete("START_STREAMING");
        }
        complete("START_REPLICATION");
    }

    private void complete(String tag) throws IOException {
        session.sendCommandComplete(tag);
        session.sendReadyForQuery();
    }

    private void identify() throws IOException {
        SystemIdentity identity = answers.identifySystem();
        session.sendRows(
                Rows.of("systemid", "timeline", "xlogpos", "dbname")
                        .withTypes(Rows.TEXT, Rows.INT8, Rows.TEXT, Rows.TEXT)
                        .row(
                                identity.systemIdentifier().toString(),
                                identity.timeline().toString(),
                                identity.flushed().toString(),
                                identity.database()),
                "IDENTIFY_SYSTEM");
    }

    private void show(String name) throws IOException {
        session.sendRows(Rows.of(name).row(answers.show(name)), "SHOW");
    }

    /** The content is bytes, whatever the encoding. */
    private void history(String timeline) throws IOException {
        TimelineHistoryFile file = answers.readTimelineHistory(TimelineId.parse(timeline));
        byte[] name = file.fileName().getBytes(StandardCharsets.US_ASCII);
        ByteBuffer content = file.content();
        ByteBuffer row = ByteBuffer.allocate(Short.BYTES + 2 * Integer.BYTES + name.length + content.remaining());
        row.putShort((short) 2)
                .putInt(name.length)
                .put(name)
                .putInt(content.remaining())
                .put(content);
        session.sendRaw(ServerMessages.rowDescription(Rows.of("filename", "content")));
        session.sendRaw(ServerMessages.message('D', row.array()));
        complete("TIMELINE_HISTORY");
    }

    private void readSlot(String name) throws IOException {
        SlotPosition slot = answers.readSlot(name).orElse(null);
        Rows columns = Rows.of("slot_type", "restart_lsn", "restart_tli").withTypes(Rows.TEXT, Rows.TEXT, Rows.INT8);
        session.sendRows(
                slot == null
                        ? columns.row(null, null, null)
                        : columns.row(slot.type(), text(slot.restartLsn()), text(slot.restartTimeline())),
                "READ_REPLICATION_SLOT");
    }

    private static @Nullable String text(@Nullable Object value) {
        return value == null ? null : value.toString();
    }

    private void createSlot(String name, boolean reserveWal) throws IOException {
        CreatedSlot created = answers.createSlot(name, null, reserveWal);
        session.sendRows(
                Rows.of("slot_name", "consistent_point", "snapshot_name", "output_plugin")
                        .row(created.name(), created.consistentPoint().toString(), null, null),
                "CREATE_REPLICATION_SLOT");
    }

    private void exec(String query) throws IOException {
        ExecResult result = answers.exec(query);
        if (!result.columns().isEmpty()) {
            List<Integer> types = Collections.nCopies(result.columns().size(), Rows.TEXT);
            session.sendResultSet(new Rows(result.columns(), new ArrayList<>(types), result.rows()));
        }
        complete(result.tag());
    }

    /** Sends an error; after one that is not fatal the server is ready again. */
    static void sendError(PrimarySession session, ErrorFields fields) throws IOException {
        session.sendRaw(ServerMessages.message('E', body(fields)));
        if (fields.severity().equals("FATAL")) {
            session.close();
        } else {
            session.sendReadyForQuery();
        }
    }

    private static byte[] body(ErrorFields fields) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        Map<Character, @Nullable String> all = new LinkedHashMap<>();
        all.put('S', fields.severity());
        all.put('V', fields.severity());
        all.put('C', fields.sqlState().code());
        all.put('M', fields.message());
        all.put('D', fields.detail());
        all.put('H', fields.hint());
        all.forEach((type, value) -> {
            if (value != null) {
                body.write(type);
                body.writeBytes(value.getBytes(StandardCharsets.UTF_8));
                body.write(0);
            }
        });
        body.write(0);
        return body.toByteArray();
    }
}
