// SPDX-License-Identifier: Apache-2.0
package io.walcast.command;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Options as bare words, as 14 knows them, given in the words of later versions. */
final class OldOptions {
    private OldOptions() {}

    /** Reads the options of {@code CREATE_REPLICATION_SLOT}, which later versions take so as well. */
    static List<GenericOption> ofSlot(ReplicationGrammar grammar) {
        List<GenericOption> options = new ArrayList<>();
        for (GenericOption option = ofSlot(grammar.keyword()); option != null; option = ofSlot(grammar.keyword())) {
            grammar.advance();
            options.add(option);
        }
        return options;
    }

    private static @Nullable GenericOption ofSlot(@Nullable Keyword keyword) {
        if (keyword == null) {
            return null;
        }
        return switch (keyword) {
            case RESERVE_WAL -> GenericOption.of("reserve_wal");
            case TWO_PHASE -> GenericOption.of("two_phase");
            case EXPORT_SNAPSHOT -> GenericOption.of("snapshot", "export");
            case NOEXPORT_SNAPSHOT -> GenericOption.of("snapshot", "nothing");
            case USE_SNAPSHOT -> GenericOption.of("snapshot", "use");
            default -> null;
        };
    }

    /** Reads the options of {@code BASE_BACKUP}, as far as they go. */
    static List<GenericOption> ofBaseBackup(ReplicationGrammar grammar) {
        List<GenericOption> options = new ArrayList<>();
        while (true) {
            Keyword keyword = grammar.keyword();
            if (keyword == null) {
                return options;
            }
            switch (keyword) {
                case PROGRESS -> options.add(flag(grammar, "progress"));
                case WAL -> options.add(flag(grammar, "wal"));
                case TABLESPACE_MAP -> options.add(flag(grammar, "tablespace_map"));
                case FAST -> options.add(flag(grammar, "checkpoint", "fast"));
                case NOWAIT -> options.add(flag(grammar, "wait", "false"));
                case NOVERIFY_CHECKSUMS -> options.add(flag(grammar, "verify_checksums", "false"));
                case LABEL, MANIFEST, MANIFEST_CHECKSUMS -> {
                    grammar.advance();
                    options.add(GenericOption.of(ReplicationScanner.folded(keyword.name()), grammar.string()));
                }
                case MAX_RATE -> {
                    grammar.advance();
                    options.add(GenericOption.ofNumber("max_rate", grammar.number()));
                }
                default -> {
                    return options;
                }
            }
        }
    }

    private static GenericOption flag(ReplicationGrammar grammar, String name) {
        grammar.advance();
        return GenericOption.of(name);
    }

    private static GenericOption flag(ReplicationGrammar grammar, String name, String value) {
        grammar.advance();
        return GenericOption.of(name, value);
    }
}
