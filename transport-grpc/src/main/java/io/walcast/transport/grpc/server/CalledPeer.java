// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc.server;

import io.walcast.core.error.ErrorFields;
import io.walcast.transport.CloseReason;
import io.walcast.transport.SessionPeer;
import io.walcast.transport.grpc.v1.ParameterStatus;
import io.walcast.transport.grpc.v1.SessionResponse;
import io.walcast.transport.grpc.wire.ErrorMessages;
import java.util.concurrent.atomic.AtomicBoolean;

/** What a session may do to its call. Safe for use from any thread; all of it happens in the call's turns. */
final class CalledPeer implements SessionPeer {
    private final SessionCall call;
    private final Runnable woken = this::woken;
    private final AtomicBoolean isWakePending = new AtomicBoolean();

    CalledPeer(SessionCall call) {
        this.call = call;
    }

    @Override
    public void wake() {
        if (isWakePending.compareAndSet(false, true)) {
            call.run(woken);
        }
    }

    private void woken() {
        isWakePending.set(false);
        call.goOn();
    }

    @Override
    public void notice(ErrorFields fields) {
        call.run(() -> {
            if (call.outlet().hasRoom()) {
                call.sendAside(SessionResponse.newBuilder().setNotice(ErrorMessages.message(fields)));
            }
        });
    }

    @Override
    public void parameterChanged(String name, String value) {
        call.run(() -> call.sendAside(SessionResponse.newBuilder()
                .setParameterStatus(ParameterStatus.newBuilder().setName(name).setValue(value))));
    }

    @Override
    public void terminate(ErrorFields fields) {
        call.run(() -> call.leave(fields));
    }

    @Override
    public void drop() {
        call.run(() -> call.drop(CloseReason.ENDED_BY_SERVER));
    }
}
