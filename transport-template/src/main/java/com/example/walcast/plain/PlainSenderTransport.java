// SPDX-License-Identifier: Apache-2.0
package com.example.walcast.plain;

import io.walcast.core.error.ConfigurationException;
import io.walcast.transport.ListenOptions;
import io.walcast.transport.Listener;
import io.walcast.transport.ReplicationService;
import io.walcast.transport.WalSenderTransport;

/** The sending end: {@code --listen plain://HOST:PORT}. */
public final class PlainSenderTransport implements WalSenderTransport {

    @Override
    public int apiVersion() {
        return API_VERSION;
    }

    @Override
    public String name() {
        return PlainReceiverTransport.NAME;
    }

    @Override
    public Listener listen(ListenOptions options, ReplicationService service) {
        if (!options.parameters().isEmpty()) {
            throw new ConfigurationException(
                    "plain: unknown parameter: " + options.parameters().keySet());
        }
        return PlainListener.open(options, service);
    }
}
