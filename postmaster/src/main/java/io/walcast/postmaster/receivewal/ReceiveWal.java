// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.receivewal;

import static java.util.Objects.requireNonNull;

import io.walcast.core.error.WalException;
import io.walcast.postmaster.ExitCodes;
import io.walcast.postmaster.ProgramName;
import io.walcast.postmaster.Transports;
import io.walcast.postmaster.WalcastSubcommand;
import io.walcast.postmaster.WalcastVersion;
import io.walcast.postmaster.receivewal.ReceiveWalOptions.PasswordMode;
import io.walcast.transport.WalReceiverTransport;
import io.walcast.transport.WalReceiverTransports;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code walcast receivewal}, also under the name {@code pg_receivewal}: streams WAL into a directory. */
public final class ReceiveWal implements WalcastSubcommand {
    /** What the server is told unless the connection string or the environment say another name. */
    static final String APPLICATION_NAME = "pg_receivewal";

    private static final Logger logger = LoggerFactory.getLogger(ReceiveWal.class);

    private final ProgramName name;

    /** Makes the command as it is called under {@code name}. */
    public ReceiveWal(ProgramName name) {
        this.name = requireNonNull(name, "name");
    }

    @Override
    public String name() {
        return "receivewal";
    }

    @Override
    public String summary() {
        return "Stream WAL from a running PostgreSQL into a directory, as pg_receivewal does.";
    }

    @Override
    public Map<String, String> options() {
        Map<String, String> options = new LinkedHashMap<>();
        for (ReceiveWalOption option : ReceiveWalOption.values()) {
            options.put(option.synopsis().strip(), option.description());
        }
        return options;
    }

    @Override
    public Map<Integer, String> exitCodes() {
        return name.isPgReceivewal()
                ? new TreeMap<>(Map.of(0, "done, or stopped on request", 1, "any error"))
                : ExitCodes.meanings();
    }

    @Override
    public int run(List<String> arguments, PrintWriter out, PrintWriter err) {
        String first = arguments.isEmpty() ? "" : arguments.get(0);
        if (first.equals("--help") || first.equals("-?")) {
            ReceiveWalHelp.print(name, out);
            return ExitCodes.OK;
        }
        if (first.equals("--version") || first.equals("-V")) {
            out.println(version());
            out.flush();
            return ExitCodes.OK;
        }
        int code = receive(arguments, new Messages(err, name.command()), err);
        return name.isPgReceivewal() ? Math.min(code, 1) : code;
    }

    private String version() {
        String walcast = "walcast " + WalcastVersion.walcast();
        return name.isPgReceivewal()
                ? "pg_receivewal (PostgreSQL) " + WalcastVersion.POSTGRESQL + " (" + walcast + ")"
                : walcast;
    }

    private int receive(List<String> arguments, Messages messages, PrintWriter err) {
        try {
            ReceiveWalOptions options = ReceiveWalOptions.parse(name.complaintName(), arguments);
            if (name.isPgReceivewal() && options.isZstd()) {
                throw new UsageException(UsageException.Form.ERROR, "compression with ZSTD is not yet supported");
            }
            return receive(options, messages, err);
        } catch (UsageException e) {
            switch (e.form()) {
                case ERROR, ERROR_AND_HINT -> messages.error(e.text());
                case GETOPT -> messages.print(e.text());
                case HINT -> {}
            }
            if (e.form() != UsageException.Form.ERROR) {
                messages.hint();
            }
            return ExitCodes.USAGE;
        } catch (WalException e) {
            messages.error(Messages.textOf(e));
            return ExitCodes.of(e);
        } catch (RuntimeException e) { // a bug of ours: the log has the rest
            logger.error("internal error", e);
            messages.error("internal error: " + e);
            return ExitCodes.INTERNAL;
        }
    }

    private static int receive(ReceiveWalOptions options, Messages messages, PrintWriter err) {
        if (!options.isSlotAction()) {
            TargetDirectory.check(requireNonNull(options.directory));
        }
        Password password = new Password(err);
        char[] asked = options.passwordMode == PasswordMode.BEFORE_CONNECTING ? password.passwordFor(null) : null;
        String conninfo = ConnectionString.of(options, asked == null ? null : new String(asked));
        WalReceiverTransports transports = Transports.find(messages::warning).receivers();
        WalReceiverTransport transport =
                options.transport == null ? transports.forConninfo(conninfo) : transports.byName(options.transport);
        transport.checkConninfo(conninfo);
        boolean isAsked = options.passwordMode == PasswordMode.WHEN_NEEDED
                || (asked != null && !ConnectionString.takesOptions(options.connectionString));
        PrimaryAddress primary = new PrimaryAddress(conninfo, transport, options.policy, isAsked ? password : null);
        return options.isSlotAction()
                ? new SlotAction(options, primary, messages).run()
                : new ReceiveLoop(options, primary, messages).run();
    }
}
