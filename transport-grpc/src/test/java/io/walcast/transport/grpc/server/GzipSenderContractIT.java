// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc.server;

import io.walcast.transport.grpc.wire.Compression;

/** With WAL compressed by gzip. */
final class GzipSenderContractIT extends GrpcSenderContract {
    @Override
    Compression compression() {
        return Compression.parse("gzip:level=1");
    }
}
