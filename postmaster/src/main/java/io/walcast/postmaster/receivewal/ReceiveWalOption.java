// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.receivewal;

import java.util.Arrays;
import java.util.List;

/**
 * The options of {@code walcast receivewal}: {@code pg_receivewal}'s, in the order of its table (which shows in the
 * message about ambiguous ones), then our own.
 */
enum ReceiveWalOption {
    HELP("help", '\0', "", Group.GENERAL, "show this help, then exit (only as the first argument)"),
    VERSION("version", '\0', "", Group.GENERAL, "show the version, then exit (only as the first argument)"),
    DIRECTORY("directory", 'D', "DIR", Group.GENERAL, "keep the write-ahead log in this directory"),
    DBNAME("dbname", 'd', "CONNSTR", Group.CONNECTION, "connection string: key=value, postgresql:// or grpcs:// URI"),
    ENDPOS("endpos", 'E', "LSN", Group.GENERAL, "exit once WAL after this position was received"),
    HOST("host", 'h', "HOSTNAME", Group.CONNECTION, "the server's host, or the directory of its socket"),
    PORT("port", 'p', "PORT", Group.CONNECTION, "the server's port"),
    USERNAME("username", 'U', "NAME", Group.CONNECTION, "connect as this user"),
    NO_LOOP("no-loop", 'n', "", Group.GENERAL, "exit when the connection is lost instead of trying again"),
    NO_PASSWORD("no-password", 'w', "", Group.CONNECTION, "never ask for a password"),
    PASSWORD("password", 'W', "", Group.CONNECTION, "ask for a password before connecting"),
    STATUS_INTERVAL(
            "status-interval",
            's',
            "SECS",
            Group.GENERAL,
            "time between status updates (default: 10; 0: none by time)"),
    SLOT("slot", 'S', "SLOTNAME", Group.GENERAL, "replication slot to stream through"),
    VERBOSE("verbose", 'v', "", Group.GENERAL, "say more on standard error"),
    COMPRESS("compress", 'Z', "METHOD[:DETAIL]", Group.GENERAL, "compress segments: gzip, lz4, zstd or none"),
    CREATE_SLOT("create-slot", '\0', "", Group.ACTION, "create the replication slot named with --slot, then exit"),
    DROP_SLOT("drop-slot", '\0', "", Group.ACTION, "drop the replication slot named with --slot, then exit"),
    IF_NOT_EXISTS("if-not-exists", '\0', "", Group.GENERAL, "with --create-slot: no error if the slot exists"),
    SYNCHRONOUS("synchronous", '\0', "", Group.GENERAL, "make WAL durable, and report it, as soon as it is written"),
    NO_SYNC("no-sync", '\0', "", Group.GENERAL, "leave it to the system when files reach the disk"),
    TRANSPORT("transport", '\0', "NAME", Group.CONNECTION, "transport to use (default: the one that knows CONNSTR)"),
    REFUSE_WEAK("refuse-weak", '\0', "", Group.CONNECTION, "demand verified TLS, and SCRAM or a client certificate"),
    PROGRESS("progress", '\0', "", Group.GENERAL, "show position, rate and lag while receiving"),
    STATUS_JSON("status-json", '\0', "FILE", Group.GENERAL, "keep a status in JSON in this file"),
    VERIFY(
            "verify",
            '\0',
            "[=stop|warn]",
            Group.GENERAL,
            "check every record; stop at the first bad one (default), or warn"),
    SERVE("serve", '\0', "ADDRESS", Group.GENERAL, "also serve it at HOST:PORT or grpcs://HOST:PORT (repeatable)");

    private static final String OPTIONAL = "[";

    private final String longName;
    private final char shortName;
    private final String argument;
    private final Group group;
    private final String description;

    /** Where the help shows an option. */
    enum Group {
        GENERAL("Options"),
        CONNECTION("Connection options"),
        ACTION("Other actions");

        private final String heading;

        Group(String heading) {
            this.heading = heading;
        }

        String heading() {
            return heading;
        }
    }

    ReceiveWalOption(String longName, char shortName, String argument, Group group, String description) {
        this.longName = longName;
        this.shortName = shortName;
        this.argument = argument;
        this.group = group;
        this.description = description;
    }

    static Getopt<ReceiveWalOption> getopt(String argv0, List<String> arguments) {
        List<Getopt.Option<ReceiveWalOption>> table = Arrays.stream(values())
                .map(o -> new Getopt.Option<>(
                        o, o.longName, o.shortName, o.mustHaveArgument(), o.argument.startsWith(OPTIONAL)))
                .toList();
        int first = List.of(values()).indexOf(TRANSPORT);
        return new Getopt<>(argv0, table.subList(0, first), table.subList(first, table.size()), arguments);
    }

    private boolean mustHaveArgument() {
        return !argument.isEmpty() && !argument.startsWith(OPTIONAL);
    }

    String longName() {
        return longName;
    }

    /** Returns how the option is written: {@code -D, --directory=DIR}. */
    String synopsis() {
        char letter = switch (this) {
            case HELP -> '?';
            case VERSION -> 'V';
            default -> shortName;
        };
        String start = letter == 0 ? "    " : "-" + letter + ", ";
        return start + "--" + longName + (mustHaveArgument() ? "=" : "") + argument;
    }

    Group group() {
        return group;
    }

    String description() {
        return description;
    }
}
