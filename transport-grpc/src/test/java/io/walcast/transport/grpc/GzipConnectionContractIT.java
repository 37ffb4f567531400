// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc;

final class GzipConnectionContractIT extends ConnectionContract {
    @Override
    String compression() {
        return "gzip";
    }

    @Override
    String conninfo(int port) {
        return "grpc://127.0.0.1:" + port + "/?compression=gzip";
    }
}
