// SPDX-License-Identifier: Apache-2.0
package io.walcast.command;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Options as bare words, as 14 knows them. */
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
        for (Keyword keyword = grammar.keyword();
                keyword != null && keyword.isOldBaseBackupOption();
                keyword = grammar.keyword()) {
            grammar.advance();
            String name = ReplicationScanner.folded(keyword.name());
            options.add(
                    switch (keyword) {
                        case LABEL, MANIFEST, MANIFEST_CHECKSUMS -> GenericOption.of(name, grammar.string());
                        case MAX_RATE -> GenericOption.ofNumber(name, grammar.number());
                        default -> GenericOption.of(name);
                    });
        }
        return options;
    }

    /** Returns an option of {@code BASE_BACKUP} in the words of later versions. */
    static CommandOption renamed(GenericOption option) {
        return switch (option.name()) {
            case "fast" -> new CommandOption("checkpoint", "fast");
            case "nowait" -> new CommandOption("wait", "false");
            case "noverify_checksums" -> new CommandOption("verify_checksums", "false");
            default -> option.toCommandOption();
        };
    }
}
