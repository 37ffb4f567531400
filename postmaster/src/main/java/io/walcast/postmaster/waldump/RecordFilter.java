// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.waldump;

import io.walcast.core.wal.BlockReference;
import io.walcast.core.wal.RelFileLocator;
import io.walcast.core.wal.XLogRecord;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/** Which records are wanted: those that fulfil every condition that was set. One owner thread. */
final class RecordFilter {
    private final BitSet resourceManagers = new BitSet();
    private @Nullable Integer transaction;
    private @Nullable RelFileLocator relation;
    private @Nullable Integer block;
    private @Nullable Integer fork;
    private boolean fullPage;

    void addResourceManager(int id) {
        resourceManagers.set(id);
    }

    void setTransaction(int transaction) {
        this.transaction = transaction;
    }

    void setRelation(RelFileLocator relation) {
        this.relation = relation;
    }

    void setBlock(int block) {
        this.block = block;
    }

    void setFork(int fork) {
        this.fork = fork;
    }

    void setFullPage() {
        fullPage = true;
    }

    /** Returns whether a block is named, but not of which relation. */
    boolean lacksRelation() {
        return block != null && relation == null;
    }

    boolean matches(XLogRecord record) {
        return (resourceManagers.isEmpty() || resourceManagers.get(record.resourceManager()))
                && (transaction == null || transaction == record.transaction())
                && ((relation == null && fork == null)
                        || record.blocks().stream().anyMatch(this::matches))
                && (!fullPage || record.blocks().stream().anyMatch(b -> b.image() != null));
    }

    private boolean matches(BlockReference reference) {
        return (fork == null || fork == reference.fork())
                && (relation == null || relation.equals(reference.relation()))
                && (block == null || block == reference.blockNumber());
    }
}
