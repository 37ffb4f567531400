// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.compression;

import com.github.luben.zstd.ZstdInputStream;
import io.walcast.core.storage.SegmentDecompressor;
import java.io.IOException;
import java.io.InputStream;

/** {@code .zst}: Zstandard frames, as {@code zstd} in an {@code archive_command} writes them. */
final class ZstdDecompressor implements SegmentDecompressor {

    @Override
    public String suffix() {
        return ".zst";
    }

    @Override
    public InputStream open(InputStream compressed) throws IOException {
        return new ZstdInputStream(compressed);
    }
}
