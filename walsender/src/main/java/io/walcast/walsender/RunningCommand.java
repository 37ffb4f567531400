// SPDX-License-Identifier: Apache-2.0
package io.walcast.walsender;

import static java.util.Objects.requireNonNull;

import io.walcast.transport.Reply;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A command that has not been answered to the end.
 *
 * <p>Threading: {@link #reply} by whoever works on the command, the rest by any thread.
 */
final class RunningCommand {
    private final Reply reply;
    private final AtomicBoolean over = new AtomicBoolean();

    // Set by whoever cancels, read by whoever works on the command.
    private volatile boolean canceled;

    // Set by whoever works on the command, run by whoever cancels.
    private volatile Runnable onCancel = () -> {};

    RunningCommand(Reply reply) {
        this.reply = requireNonNull(reply, "reply");
    }

    /** Returns where the answer goes. */
    Reply reply() {
        return reply;
    }

    /** Returns true once: to the one who ends the command. */
    boolean end() {
        return over.compareAndSet(false, true);
    }

    /** Asks for an end with 57014, which a command heeds while it waits. */
    void cancel() {
        canceled = true;
        onCancel.run();
    }

    boolean isCanceled() {
        return canceled;
    }

    /** Has {@code waker} run when the command is canceled; look at {@link #isCanceled} afterwards. */
    void onCancel(Runnable waker) {
        onCancel = requireNonNull(waker, "waker");
    }
}
