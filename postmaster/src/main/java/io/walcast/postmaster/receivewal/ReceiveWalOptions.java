// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.receivewal;

import static io.walcast.postmaster.receivewal.UsageException.Form.ERROR;
import static io.walcast.postmaster.receivewal.UsageException.Form.ERROR_AND_HINT;
import static io.walcast.postmaster.receivewal.UsageException.Form.HINT;
import static java.util.Objects.requireNonNullElse;

import io.walcast.core.Lsn;
import io.walcast.core.error.ConfigurationException;
import io.walcast.core.storage.SegmentCompression;
import io.walcast.postmaster.serve.ListenAddress;
import io.walcast.transport.ConnectOptions.Policy;
import io.walcast.walreceiver.Verification;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the command line of {@code walcast receivewal} asks for, checked in {@code pg_receivewal}'s order.
 *
 * <p>Threading: filled by {@link #parse}, only read afterwards.
 */
final class ReceiveWalOptions {
    private static final int MAX_STATUS_INTERVAL_S = Integer.MAX_VALUE / 1000;

    @Nullable
    String directory;

    @Nullable
    String connectionString;

    @Nullable
    String host;

    @Nullable
    String port;

    @Nullable
    String user;

    @Nullable
    String slot;

    @Nullable
    String transport;

    @Nullable
    String statusJson;

    Lsn endPosition = Lsn.INVALID;
    int statusIntervalS = 10;
    boolean hasStatusInterval;
    Policy policy = Policy.LIBPQ;
    PasswordMode passwordMode = PasswordMode.WHEN_NEEDED;
    boolean loop = true;
    boolean verbose;
    boolean createSlot;
    boolean dropSlot;
    boolean ifNotExists;
    boolean synchronous;
    boolean sync = true;
    boolean progress;
    Verification verification = Verification.NONE;
    final List<ListenAddress> serve = new ArrayList<>();

    @Nullable
    SegmentCompression compression;

    private String compressionSpec = "none";

    /** When to ask for a password. */
    enum PasswordMode {
        NEVER,
        WHEN_NEEDED,
        BEFORE_CONNECTING
    }

    private ReceiveWalOptions() {}

    /**
     * Reads and checks a command line; the directory is not looked at.
     *
     * @throws UsageException for the first thing that is wrong
     */
    static ReceiveWalOptions parse(String argv0, List<String> arguments) {
        ReceiveWalOptions options = new ReceiveWalOptions();
        Getopt<ReceiveWalOption> getopt = ReceiveWalOption.getopt(argv0, arguments);
        for (Getopt.Found<ReceiveWalOption> found = getopt.next(); found != null; found = getopt.next()) {
            options.set(found.key(), requireNonNullElse(found.argument(), ""));
        }
        options.check(getopt.operands());
        return options;
    }

    /** Returns whether what is received is served as well. */
    boolean isRelay() {
        return !serve.isEmpty();
    }

    /** Returns whether segments are to be compressed as {@code pg_receivewal} cannot. */
    boolean isZstd() {
        return compression != null && compression.suffix().equals(".zst");
    }

    /** Returns whether what is received is made durable, and reported, after every burst. */
    boolean everyBurst() {
        return synchronous || isRelay();
    }

    /** Returns whether a slot is to be made or dropped, and nothing received. */
    boolean isSlotAction() {
        return createSlot || dropSlot;
    }

    private void set(ReceiveWalOption option, String argument) {
        switch (option) {
            // Not as the first argument, where they are dealt with before.
            case HELP, VERSION -> throw new UsageException(HINT, "");
            case DIRECTORY -> directory = argument;
            case DBNAME -> connectionString = argument;
            case ENDPOS -> endPosition = endPosition(argument);
            case HOST -> host = argument;
            case PORT -> port = argument;
            case USERNAME -> user = argument;
            case NO_LOOP -> loop = false;
            case NO_PASSWORD -> passwordMode = PasswordMode.NEVER;
            case PASSWORD -> passwordMode = PasswordMode.BEFORE_CONNECTING;
            case STATUS_INTERVAL -> {
                statusIntervalS = statusInterval(argument);
                hasStatusInterval = true;
            }
            case SLOT -> slot = argument;
            case VERBOSE -> verbose = true;
            case COMPRESS -> compressionSpec = argument;
            case CREATE_SLOT -> createSlot = true;
            case DROP_SLOT -> dropSlot = true;
            case IF_NOT_EXISTS -> ifNotExists = true;
            case SYNCHRONOUS -> synchronous = true;
            case NO_SYNC -> sync = false;
            case TRANSPORT -> transport = argument;
            case REFUSE_WEAK -> policy = Policy.STRICT;
            case PROGRESS -> progress = true;
            case STATUS_JSON -> statusJson = argument;
            case VERIFY -> verification = verification(argument);
            case SERVE -> serve.add(listenAddress(argument));
        }
    }

    private void check(List<String> operands) {
        if (!operands.isEmpty()) {
            throw new UsageException(
                    ERROR_AND_HINT, "too many command-line arguments (first is \"" + operands.get(0) + "\")");
        }
        if (createSlot && dropSlot) {
            throw new UsageException(ERROR_AND_HINT, "cannot use --create-slot together with --drop-slot");
        }
        if (slot == null && isSlotAction()) {
            throw new UsageException(
                    ERROR_AND_HINT,
                    (dropSlot ? "--drop-slot" : "--create-slot") + " needs a slot to be specified using --slot");
        }
        if (synchronous && !sync) {
            throw new UsageException(ERROR_AND_HINT, "cannot use --synchronous together with --no-sync");
        }
        if (isRelay() && (!sync || isSlotAction())) {
            String other = createSlot ? "--create-slot" : dropSlot ? "--drop-slot" : "--no-sync";
            throw new UsageException(ERROR_AND_HINT, "cannot use --serve together with " + other);
        }
        if (directory == null && !isSlotAction()) {
            throw new UsageException(ERROR_AND_HINT, "no target directory specified");
        }
        compression = CompressionSpec.compression(compressionSpec);
        if (compression != null && verification != Verification.NONE) {
            throw new UsageException(ERROR_AND_HINT, "cannot use --verify together with --compress");
        }
        if (compression != null && isRelay()) {
            throw new UsageException(ERROR_AND_HINT, "cannot use --compress together with --serve");
        }
    }

    private static Verification verification(String argument) {
        return switch (argument) {
            case "", "stop" -> Verification.STOP;
            case "warn" -> Verification.WARN;
            default ->
                throw new UsageException(
                        ERROR_AND_HINT,
                        "invalid value \"" + argument + "\" for option --verify (expected: stop or warn)");
        };
    }

    private static ListenAddress listenAddress(String argument) {
        try {
            return ListenAddress.parse(argument);
        } catch (ConfigurationException e) {
            throw new UsageException(ERROR, String.valueOf(e.getMessage()));
        }
    }

    private static int statusInterval(String argument) {
        String option = "-s/--status-interval";
        CNumber number = CNumber.read(argument, 0, 10);
        if (CNumber.skipBlanks(argument, number.end()) != argument.length()) {
            throw new UsageException(ERROR, "invalid value \"" + argument + "\" for option " + option);
        }
        if (number.value() < 0 || number.value() > MAX_STATUS_INTERVAL_S) {
            throw new UsageException(ERROR, option + " must be in range 0.." + MAX_STATUS_INTERVAL_S);
        }
        return (int) number.value();
    }

    /** Reads {@code X/Y} as {@code sscanf} does: blanks, signs and {@code 0x} before each half, anything behind. */
    private static Lsn endPosition(String argument) {
        CNumber high = CNumber.read(argument, 0, 16);
        if (high.end() > 0 && high.end() < argument.length() && argument.charAt(high.end()) == '/') {
            int start = high.end() + 1;
            CNumber low = CNumber.read(argument, start, 16);
            if (low.end() > start) {
                return new Lsn(high.value() << 32 | (low.value() & 0xFFFF_FFFFL));
            }
        }
        throw new UsageException(ERROR, "could not parse end position \"" + argument + "\"");
    }
}
