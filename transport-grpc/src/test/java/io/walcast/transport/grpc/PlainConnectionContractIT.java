// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc;

final class PlainConnectionContractIT extends ConnectionContract {
    @Override
    String conninfo(int port) {
        return "grpc://127.0.0.1:" + port;
    }
}
