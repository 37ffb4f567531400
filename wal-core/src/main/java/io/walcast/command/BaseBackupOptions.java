// SPDX-License-Identifier: Apache-2.0
package io.walcast.command;

import io.walcast.core.error.SqlState;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Checks the options of {@code BASE_BACKUP}: one by one in the order they were written, then against each other. Whether
 * a target exists, and whether a compression detail fits, only the server that takes the backup can say.
 */
final class BaseBackupOptions {
    private static final int INCREMENTAL_SINCE = 17;
    private static final long MIN_RATE_KB = 32;
    private static final long MAX_RATE_KB = 1_048_576;
    private static final int MAX_LABEL_BYTES = 1024;
    private static final Set<String> CHECKSUM_ALGORITHMS =
            Set.of("none", "crc32c", "sha224", "sha256", "sha384", "sha512");
    private static final Set<String> COMPRESSION_ALGORITHMS = Set.of("none", "gzip", "lz4", "zstd");

    private final Map<String, GenericOption> given = new HashMap<>();
    private final int major;

    private BaseBackupOptions(int major) {
        this.major = major;
    }

    static void check(List<GenericOption> options, int major) {
        BaseBackupOptions checked = new BaseBackupOptions(major);
        for (GenericOption option : options) {
            checked.take(option);
        }
        checked.checkTogether();
    }

    private void take(GenericOption option) {
        switch (option.name()) {
            case "label", "target", "target_detail", "compression_detail" ->
                once(option).asString();
            case "progress", "wal", "wait", "tablespace_map", "verify_checksums" ->
                once(option).asBoolean();
            case "fast", "nowait", "noverify_checksums" -> requireOld(option);
            case "incremental" -> requireIncremental(option);
            case "checkpoint" -> requireOneOf(Set.of("fast", "spread"), folded(option), "checkpoint type", option);
            case "max_rate" -> requireRate(once(option).asLong());
            case "manifest" -> requireManifest(option);
            case "manifest_checksums" ->
                requireOneOf(CHECKSUM_ALGORITHMS, folded(option), "checksum algorithm", option);
            case "compression" ->
                requireOneOf(COMPRESSION_ALGORITHMS, once(option).asString(), "compression algorithm", option);
            default -> throw unrecognized(option);
        }
    }

    private GenericOption once(GenericOption option) {
        if (given.putIfAbsent(option.name(), option) != null) {
            throw CommandErrors.refused("duplicate option \"%s\"".formatted(option.name()));
        }
        return option;
    }

    private String folded(GenericOption option) {
        return once(option).asString().toLowerCase(Locale.ROOT);
    }

    /** The bare words of 14; in a list they are unknown. */
    private void requireOld(GenericOption option) {
        if (major >= ReplicationGrammar.OPTION_LISTS_SINCE) {
            throw unrecognized(option);
        }
        once(option);
    }

    private void requireIncremental(GenericOption option) {
        if (major < INCREMENTAL_SINCE) {
            throw unrecognized(option);
        }
        once(option).asBoolean();
    }

    private static void requireRate(long rate) {
        if (rate < MIN_RATE_KB || rate > MAX_RATE_KB) {
            throw CommandErrors.outOfRange("%d is outside the valid range for parameter \"MAX_RATE\" (%d .. %d)"
                    .formatted(rate, MIN_RATE_KB, MAX_RATE_KB));
        }
    }

    /** As {@code parse_bool} does, which takes what is short but clear; or force-encode. */
    private void requireManifest(GenericOption option) {
        String value = folded(option);
        boolean truth = isYes(value) || isNo(value);
        if (!truth && !value.equals("force-encode")) {
            throw unrecognized("manifest option", option);
        }
    }

    private static void requireOneOf(Set<String> known, String value, String what, GenericOption option) {
        if (!known.contains(value)) {
            throw unrecognized(what, option);
        }
    }

    private void checkTogether() {
        GenericOption manifest = given.get("manifest");
        boolean withManifest = manifest != null && !isNo(manifest.asString().toLowerCase(Locale.ROOT));
        if (given.containsKey("manifest_checksums") && !withManifest) {
            throw CommandErrors.refused("manifest checksums require a backup manifest");
        }
        if (given.containsKey("target_detail") && !given.containsKey("target")) {
            throw CommandErrors.refused("target detail cannot be used without target");
        }
        if (given.containsKey("compression_detail") && !given.containsKey("compression")) {
            throw CommandErrors.refused("compression detail cannot be specified unless compression is enabled");
        }
        GenericOption label = given.get("label");
        if (label != null && Token.bytes(label.asString()) > MAX_LABEL_BYTES) {
            throw CommandErrors.error(
                    SqlState.INVALID_PARAMETER_VALUE,
                    "backup label too long (max %d bytes)".formatted(MAX_LABEL_BYTES));
        }
    }

    private static boolean isYes(String value) {
        return value.equals("1") || value.equals("on") || isStart(value, "true") || isStart(value, "yes");
    }

    private static boolean isNo(String value) {
        boolean off = value.length() > 1 && isStart(value, "off");
        return value.equals("0") || off || isStart(value, "false") || isStart(value, "no");
    }

    private static boolean isStart(String value, String of) {
        return !value.isEmpty() && of.startsWith(value);
    }

    private static RuntimeException unrecognized(GenericOption option) {
        return CommandErrors.refused("unrecognized base backup option: \"%s\"".formatted(option.name()));
    }

    private static RuntimeException unrecognized(String what, GenericOption option) {
        return CommandErrors.refused("unrecognized %s: \"%s\"".formatted(what, option.asString()));
    }
}
