// SPDX-License-Identifier: Apache-2.0
package io.walcast.command;

import io.walcast.command.ReplicationCommand.BaseBackup;
import io.walcast.command.ReplicationCommand.DropReplicationSlot;
import io.walcast.command.ReplicationCommand.IdentifySystem;
import io.walcast.command.ReplicationCommand.ReadReplicationSlot;
import io.walcast.command.ReplicationCommand.Show;
import io.walcast.command.ReplicationCommand.Sql;
import io.walcast.command.ReplicationCommand.StartLogicalReplication;
import io.walcast.command.ReplicationCommand.StartReplication;
import io.walcast.command.ReplicationCommand.TimelineHistoryOf;
import io.walcast.command.ReplicationCommand.UploadManifest;
import io.walcast.command.Token.Kind;
import io.walcast.core.Lsn;
import io.walcast.core.TimelineId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The grammar, by recursive descent with one token of lookahead; nothing in it nests.
 *
 * <pre>
 * IDENTIFY_SYSTEM
 * SHOW name[.name]...
 * TIMELINE_HISTORY n
 * READ_REPLICATION_SLOT name[.name]...
 * CREATE_REPLICATION_SLOT name [TEMPORARY] { PHYSICAL | LOGICAL plugin } [ (options) | old options ]
 * ALTER_REPLICATION_SLOT name (options)
 * DROP_REPLICATION_SLOT name [WAIT]
 * START_REPLICATION [SLOT name] [PHYSICAL] lsn [TIMELINE n]
 * START_REPLICATION SLOT name LOGICAL lsn [ (plugin options) ]
 * BASE_BACKUP [ (options) | old options ]
 * UPLOAD_MANIFEST
 * options:        name [ identifier | string | number ] [, ...]
 * plugin options: name [ string ] [, ...]
 * </pre>
 *
 * <p>Each may end with one semicolon. What is checked where follows PostgreSQL, so that of two mistakes the same one is
 * reported: numbers when they are met, options and names when all of the text has been read.
 *
 * <p>Threading: one caller.
 */
final class ReplicationGrammar {
    /** From here on options stand in parentheses; those of slots may still be bare words. */
    static final int OPTION_LISTS_SINCE = 15;

    private static final int SAFE_DIGITS = 18;
    private static final int MAX_LSN_PART_DIGITS = 8;
    private static final int MAX_VALUE_BYTES = 8 * 1024;
    private static final long MAX_TIMELINE = 0xFFFF_FFFFL;

    private final String text;
    private final int major;
    private final ReplicationScanner scanner;
    private Token token;

    ReplicationGrammar(String text, int major) {
        this.text = text;
        this.major = major;
        scanner = new ReplicationScanner(text, major);
        token = scanner.next();
    }

    ReplicationCommand command() {
        Keyword first = token.keyword();
        if (first == null || !first.startsCommand()) {
            return new Sql(text);
        }
        advance();
        return switch (first) {
            case IDENTIFY_SYSTEM -> whole(new IdentifySystem());
            case SHOW -> whole(new Show(dottedName()));
            case TIMELINE_HISTORY -> whole(new TimelineHistoryOf(timeline()));
            case READ_REPLICATION_SLOT -> readSlot();
            case CREATE_REPLICATION_SLOT -> createSlot();
            case ALTER_REPLICATION_SLOT -> alterSlot();
            case DROP_REPLICATION_SLOT -> dropSlot();
            case START_REPLICATION -> start();
            case BASE_BACKUP -> baseBackup();
            case UPLOAD_MANIFEST -> whole(new UploadManifest());
            default -> throw new IllegalStateException(first.name());
        };
    }

    private ReplicationCommand readSlot() {
        StringBuilder slot = new StringBuilder(slotName());
        while (acceptSymbol('.')) {
            slot.append('.').append(slotName());
        }
        return whole(new ReadReplicationSlot(slot.toString()));
    }

    private ReplicationCommand createSlot() {
        String slot = slotName();
        boolean temporary = accept(Keyword.TEMPORARY);
        String plugin = null;
        if (!accept(Keyword.PHYSICAL)) {
            require(accept(Keyword.LOGICAL));
            plugin = identifier();
        }
        boolean list = major >= OPTION_LISTS_SINCE && token.isSymbol('(');
        List<GenericOption> options = list ? optionList() : OldOptions.ofSlot(this);
        end();
        return SlotOptions.create(slot, temporary, plugin, options, major);
    }

    private ReplicationCommand alterSlot() {
        String slot = slotName();
        List<GenericOption> options = optionList();
        end();
        return SlotOptions.alter(slot, options, major);
    }

    private ReplicationCommand dropSlot() {
        String slot = slotName();
        return whole(new DropReplicationSlot(slot, accept(Keyword.WAIT)));
    }

    private ReplicationCommand start() {
        String slot = accept(Keyword.SLOT) ? slotName() : null;
        if (slot != null && accept(Keyword.LOGICAL)) {
            Lsn start = lsn();
            return whole(new StartLogicalReplication(slot, start, pluginOptions()));
        }
        accept(Keyword.PHYSICAL);
        Lsn start = lsn();
        return whole(new StartReplication(slot, start, accept(Keyword.TIMELINE) ? timeline() : null));
    }

    private ReplicationCommand baseBackup() {
        List<GenericOption> options;
        if (major < OPTION_LISTS_SINCE) {
            options = OldOptions.ofBaseBackup(this);
        } else {
            options = token.isSymbol('(') ? optionList() : List.of();
        }
        end();
        BaseBackupOptions.check(options, major);
        return new BaseBackup(options.stream().map(OldOptions::renamed).toList());
    }

    private List<GenericOption> optionList() {
        List<GenericOption> options = new ArrayList<>();
        symbol('(');
        do {
            options.add(new GenericOption(optionName(), optionValue()));
        } while (acceptSymbol(','));
        symbol(')');
        return options;
    }

    private String optionName() {
        Keyword keyword = token.keyword();
        if (keyword == null) {
            return identifier();
        }
        require(keyword.isOptionName());
        advance();
        return ReplicationScanner.folded(keyword.name());
    }

    private @Nullable Token optionValue() {
        Token value = token;
        return switch (value.kind()) {
            case IDENTIFIER -> Token.of(Kind.IDENTIFIER, identifier());
            case STRING -> Token.of(Kind.STRING, string());
            case NUMBER -> Token.of(Kind.NUMBER, number());
            default -> null;
        };
    }

    private List<CommandOption> pluginOptions() {
        List<CommandOption> options = new ArrayList<>();
        if (!acceptSymbol('(')) {
            return options;
        }
        do {
            String name = identifier();
            options.add(new CommandOption(name, token.kind() == Kind.STRING ? string() : null));
        } while (acceptSymbol(','));
        symbol(')');
        return options;
    }

    private String dottedName() {
        StringBuilder name = new StringBuilder(identifier());
        while (acceptSymbol('.')) {
            name.append('.').append(identifier());
        }
        return name.toString();
    }

    private String identifier() {
        require(token.kind() == Kind.IDENTIFIER);
        String name = token.truncated();
        advance();
        return name;
    }

    /** Returns an identifier whole: one that is too long for a slot is refused by whoever has the slots. */
    private String slotName() {
        require(token.kind() == Kind.IDENTIFIER);
        String name = token.text();
        advance();
        return name;
    }

    String string() {
        require(token.kind() == Kind.STRING);
        String content = token.text();
        if (content.length() > MAX_VALUE_BYTES || Token.bytes(content) > MAX_VALUE_BYTES) {
            throw CommandErrors.tooLong("option value is too long (max %d bytes)".formatted(MAX_VALUE_BYTES));
        }
        advance();
        return content;
    }

    /** Returns the digits of a number of any size; who uses it checks its range. */
    String number() {
        require(token.kind() == Kind.NUMBER);
        String digits = withoutLeadingZeros(token.text());
        advance();
        return digits;
    }

    private TimelineId timeline() {
        require(token.kind() == Kind.NUMBER);
        long number = value(token.text());
        if (number > MAX_TIMELINE) {
            throw CommandErrors.outOfRange("timeline %s is out of range".formatted(token.text()));
        }
        if (number == 0) {
            throw CommandErrors.refused("invalid timeline 0");
        }
        advance();
        return TimelineId.of(number);
    }

    private Lsn lsn() {
        require(token.kind() == Kind.LSN);
        String written = token.text();
        int slash = written.indexOf('/');
        String high = withoutLeadingZeros(written.substring(0, slash));
        String low = withoutLeadingZeros(written.substring(slash + 1));
        if (high.length() > MAX_LSN_PART_DIGITS || low.length() > MAX_LSN_PART_DIGITS) {
            throw CommandErrors.refused("LSN \"%s\" has a part longer than 8 hex digits".formatted(written));
        }
        advance();
        return Lsn.parse(high + "/" + low);
    }

    /** Returns the value of decimal digits, or the greatest there is if they are too many. */
    static long value(String digits) {
        String significant = withoutLeadingZeros(digits);
        return significant.length() > SAFE_DIGITS ? Long.MAX_VALUE : Long.parseLong(significant);
    }

    private static String withoutLeadingZeros(String digits) {
        int from = 0;
        while (from < digits.length() - 1 && digits.charAt(from) == '0') {
            from++;
        }
        return digits.substring(from);
    }

    private ReplicationCommand whole(ReplicationCommand command) {
        end();
        return command;
    }

    private void end() {
        acceptSymbol(';');
        require(token.kind() == Kind.END);
    }

    /** Returns the keyword that comes next, or null. */
    @Nullable
    Keyword keyword() {
        return token.keyword();
    }

    boolean accept(Keyword keyword) {
        boolean there = token.is(keyword);
        if (there) {
            advance();
        }
        return there;
    }

    private void symbol(char symbol) {
        require(acceptSymbol(symbol));
    }

    private boolean acceptSymbol(char symbol) {
        boolean there = token.isSymbol(symbol);
        if (there) {
            advance();
        }
        return there;
    }

    void advance() {
        token = scanner.next();
    }

    private static void require(boolean there) {
        if (!there) {
            throw CommandErrors.syntaxError();
        }
    }
}
