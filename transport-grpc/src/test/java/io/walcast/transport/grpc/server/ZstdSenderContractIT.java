// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc.server;

import io.walcast.transport.grpc.wire.Compression;

/** With WAL compressed by zstd. */
final class ZstdSenderContractIT extends GrpcSenderContract {
    @Override
    Compression compression() {
        return Compression.parse("zstd:level=1");
    }
}
