// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.compression;

import io.walcast.core.storage.SegmentDecompressor;
import java.util.List;

/** Every kind of compressed WAL file that can be read. */
public final class Decompressors {
    /** In the order in which they are looked for. */
    public static final List<SegmentDecompressor> ALL =
            List.of(SegmentDecompressor.GZIP, new Lz4(Lz4.DEFAULT_LEVEL), new Zstd(Zstd.DEFAULT_LEVEL));

    private Decompressors() {}
}
