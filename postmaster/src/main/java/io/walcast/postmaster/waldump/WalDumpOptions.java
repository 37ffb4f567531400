// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.waldump;

import static io.walcast.postmaster.receivewal.UsageException.Form.ERROR_AND_HINT;
import static io.walcast.postmaster.receivewal.UsageException.Form.HINT;
import static java.util.Objects.requireNonNullElse;

import io.walcast.core.Lsn;
import io.walcast.core.wal.RelFileLocator;
import io.walcast.core.wal.rmgr.BlockDescription;
import io.walcast.core.wal.rmgr.ResourceManager;
import io.walcast.postmaster.receivewal.CNumber;
import io.walcast.postmaster.receivewal.Getopt;
import io.walcast.postmaster.receivewal.UsageException;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What the command line says, read by {@code pg_waldump}'s rules. Filled by {@link #parse}, then only read. */
final class WalDumpOptions {
    private static final int FORKS = 4;
    private static final int FIRST_CUSTOM_RMGR = 128;
    private static final int LAST_CUSTOM_RMGR = 255;
    private static final String CUSTOM = "custom";
    private static final int MAX_SEGMENTS = 2;

    final RecordFilter filter = new RecordFilter();
    boolean blockDetails;
    boolean follow;
    boolean quiet;
    boolean stats;
    boolean statsByRecord;
    boolean listResourceManagers;
    long limit;
    int timeline = 1;
    Lsn start = Lsn.INVALID;
    Lsn end = Lsn.INVALID;

    @Nullable
    String path;

    @Nullable
    String startSegment;

    @Nullable
    String endSegment;

    private WalDumpOptions() {}

    /**
     * Reads and checks a command line; nothing on the disk is looked at.
     *
     * @throws UsageException for the first thing that is wrong
     */
    static WalDumpOptions parse(String argv0, List<String> arguments) {
        WalDumpOptions options = new WalDumpOptions();
        if (arguments.isEmpty()) {
            throw wrong("no arguments specified");
        }
        Getopt<WalDumpOption> getopt = WalDumpOption.getopt(argv0, arguments);
        for (Getopt.Found<WalDumpOption> found = getopt.next(); found != null; found = getopt.next()) {
            options.set(found.key(), requireNonNullElse(found.argument(), ""));
            if (options.listResourceManagers) {
                return options;
            }
        }
        options.check(getopt.operands());
        return options;
    }

    private void set(WalDumpOption option, String argument) {
        switch (option) {
            // Not as the first argument, where they are dealt with before.
            case HELP, VERSION -> throw new UsageException(HINT, "");
            case BKP_DETAILS -> blockDetails = true;
            case BLOCK -> filter.setBlock(block(argument));
            case END -> end = position(argument);
            case FOLLOW -> follow = true;
            case FORK -> filter.setFork(fork(argument));
            case FULLPAGE -> filter.setFullPage();
            case LIMIT -> limit = limit(argument);
            case PATH -> path = argument;
            case QUIET -> quiet = true;
            case RELATION -> filter.setRelation(relation(argument));
            case RMGR -> setResourceManager(argument);
            case START -> start = position(argument);
            case TIMELINE -> timeline = unsigned(argument, "invalid timeline specification: \"" + argument + "\"");
            case XID ->
                filter.setTransaction(unsigned(argument, "invalid transaction ID specification: \"" + argument + "\""));
            case STATS -> setStats(argument);
        }
    }

    private void check(List<String> operands) {
        if (filter.lacksRelation()) {
            throw wrong("option -B/--block requires option -R/--relation to be specified");
        }
        if (operands.size() > MAX_SEGMENTS) {
            throw wrong("too many command-line arguments (first is \"" + operands.get(MAX_SEGMENTS) + "\")");
        }
        startSegment = operands.isEmpty() ? null : operands.get(0);
        endSegment = operands.size() < MAX_SEGMENTS ? null : operands.get(1);
    }

    private void setStats(String argument) {
        if (!argument.isEmpty() && !argument.equals("record") && !argument.equals("rmgr")) {
            throw wrong("unrecognized value for option --stats: " + argument);
        }
        stats = true;
        statsByRecord = argument.equals("record");
    }

    private void setResourceManager(String argument) {
        if (argument.equalsIgnoreCase("list")) {
            listResourceManagers = true;
            return;
        }
        if (argument.startsWith(CUSTOM)) {
            CNumber number = CNumber.read(argument, CUSTOM.length(), 10);
            if (number.end() > CUSTOM.length()) {
                if (number.value() < FIRST_CUSTOM_RMGR || number.value() > LAST_CUSTOM_RMGR) {
                    throw wrong("custom resource manager \"" + argument + "\" does not exist");
                }
                filter.addResourceManager((int) number.value());
                return;
            }
        }
        for (ResourceManager manager : ResourceManager.values()) {
            if (manager.rmgrName().toLowerCase(Locale.ROOT).equals(argument.toLowerCase(Locale.ROOT))) {
                filter.addResourceManager(manager.id());
                return;
            }
        }
        throw wrong("resource manager \"" + argument + "\" does not exist");
    }

    private static int block(String argument) {
        String complaint = "invalid block number: \"" + argument + "\"";
        int block = unsigned(argument, complaint);
        if (block == -1) {
            throw wrong(complaint);
        }
        return block;
    }

    private static int fork(String argument) {
        for (int fork = 0; fork < FORKS; fork++) {
            if (BlockDescription.forkName(fork).equals(argument)) {
                return fork;
            }
        }
        throw wrong("invalid fork name: \"" + argument + "\"");
    }

    private static long limit(String argument) {
        CNumber number = CNumber.read(argument, 0, 10);
        if (number.end() == 0) {
            throw wrong("invalid value \"" + argument + "\" for option -n/--limit");
        }
        return number.value();
    }

    private static RelFileLocator relation(String argument) {
        CNumber tablespace = CNumber.read(argument, 0, 10);
        CNumber database = behind(argument, tablespace, 10);
        CNumber relation = behind(argument, database, 10);
        boolean isWhole = database.end() > tablespace.end() + 1 && relation.end() > database.end() + 1;
        if (!isWhole || (int) tablespace.value() == 0 || (int) relation.value() == 0) {
            throw wrong("invalid relation specification: \"" + argument
                    + "\" (expecting \"tablespace OID/database OID/relation filenode\")");
        }
        return new RelFileLocator((int) tablespace.value(), (int) database.value(), (int) relation.value());
    }

    /** Reads {@code X/Y} as {@code sscanf} does: blanks, signs and {@code 0x} before each half, anything behind. */
    private static Lsn position(String argument) {
        CNumber high = CNumber.read(argument, 0, 16);
        CNumber low = behind(argument, high, 16);
        if (high.end() == 0 || low.end() <= high.end() + 1) {
            throw wrong("invalid WAL location: \"" + argument + "\"");
        }
        return new Lsn(high.value() << 32 | (low.value() & 0xFFFF_FFFFL));
    }

    /** Reads the number behind the slash behind {@code before}; the number 0 if there is none. */
    private static CNumber behind(String argument, CNumber before, int base) {
        int slash = before.end();
        boolean isThere = slash > 0 && slash < argument.length() && argument.charAt(slash) == '/';
        return isThere ? CNumber.read(argument, slash + 1, base) : new CNumber(0, 0, true);
    }

    private static int unsigned(String argument, String complaint) {
        CNumber number = CNumber.read(argument, 0, 10);
        if (number.end() == 0) {
            throw wrong(complaint);
        }
        return (int) number.value();
    }

    static UsageException wrong(String text) {
        return new UsageException(ERROR_AND_HINT, text);
    }
}
