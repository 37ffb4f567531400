// SPDX-License-Identifier: Apache-2.0
package io.walcast.walreceiver;

import io.walcast.core.storage.SegmentCompression;
import io.walcast.core.storage.WalDirectory;
import io.walcast.core.storage.WalDirectoryOptions;

/** Opens the directory of a configured receiver. */
final class WalDirectories {
    private WalDirectories() {}

    /** Opens, locks and recovers it; makes it if it is not there. */
    static WalDirectory open(WalReceiverConfig config, WalReceiverListener listener) {
        WalDirectoryOptions options = WalDirectoryOptions.DEFAULTS
                .withSync(config.flushPolicy() != FlushPolicy.NONE)
                .withCreate(true)
                .withWarnings(listener::onWarning);
        SegmentCompression compression = config.compression();
        return WalDirectory.open(
                config.directory(), compression == null ? options : options.withCompression(compression));
    }
}
