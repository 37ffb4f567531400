// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.receivewal;

import static java.util.Objects.requireNonNull;

import io.walcast.core.error.CanceledException;
import io.walcast.core.error.ServerErrorException;
import io.walcast.core.error.SqlState;
import io.walcast.ipc.Cancellation;
import io.walcast.ipc.Latch;
import io.walcast.postmaster.ExitCodes;
import io.walcast.postmaster.Signals;
import io.walcast.transport.ConnectOptions;
import io.walcast.transport.CreateSlot;
import io.walcast.transport.WalReceiverConnection;
import io.walcast.walreceiver.ServerVersions;

/** {@code --create-slot} and {@code --drop-slot}. */
final class SlotAction {
    private final ReceiveWalOptions options;
    private final PrimaryAddress primary;
    private final Messages messages;
    private final Cancellation cancellation = new Cancellation();

    SlotAction(ReceiveWalOptions options, PrimaryAddress primary, Messages messages) {
        this.options = options;
        this.primary = primary;
        this.messages = messages;
    }

    int run() {
        Signals.stopOnHangup(cancellation::request);
        String slot = requireNonNull(options.slot);
        String command = "";
        try (WalReceiverConnection connection = connect()) {
            ServerVersions.check(connection.senderInfo());
            connection.show("data_directory_mode");
            connection.identifySystem();
            if (options.dropSlot) {
                command = "DROP_REPLICATION_SLOT \"" + slot + "\"";
                verbose("dropping replication slot \"" + slot + "\"");
                connection.dropSlot(slot, false);
            } else {
                command = "CREATE_REPLICATION_SLOT \"" + slot + "\" PHYSICAL";
                verbose("creating replication slot \"" + slot + "\"");
                connection.createSlot(CreateSlot.physical(slot, false));
            }
            return ExitCodes.OK;
        } catch (CanceledException e) {
            return ExitCodes.OK;
        } catch (ServerErrorException e) {
            if (options.ifNotExists && options.createSlot && e.sqlState().equals(SqlState.DUPLICATE_OBJECT)) {
                return ExitCodes.OK;
            }
            if (command.isEmpty()) {
                throw e;
            }
            messages.error("could not send replication command \"" + command + "\": " + Messages.textOf(e));
            return ExitCodes.of(e);
        }
    }

    private WalReceiverConnection connect() {
        return primary.transport()
                .connect(ConnectOptions.of(primary.conninfo(), new Latch())
                        .withFallbackApplicationName(ReceiveWal.APPLICATION_NAME)
                        .withCancellation(cancellation)
                        .withPolicy(primary.policy())
                        .withPasswordPrompt(primary.prompt())
                        .withNoticeListener(notice -> messages.print(notice.severity() + ":  " + notice.message())));
    }

    private void verbose(String text) {
        if (options.verbose) {
            messages.info(text);
        }
    }
}
