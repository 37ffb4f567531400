// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.wal.rmgr;

import static io.walcast.core.wal.rmgr.ResourceManager.BRIN;
import static io.walcast.core.wal.rmgr.ResourceManager.BTREE;
import static io.walcast.core.wal.rmgr.ResourceManager.GIST;
import static io.walcast.core.wal.rmgr.ResourceManager.HASH;
import static io.walcast.core.wal.rmgr.ResourceManager.SPGIST;

import io.walcast.core.wal.WalVersion;

/** The records of indexes, those of GIN excepted. */
final class IndexRecords {
    private static final int BRIN_INIT_PAGE = 0x80;

    private IndexRecords() {}

    static void addTo(RecordKinds kinds) {
        addBtree(kinds);
        addHash(kinds);
        addGist(kinds);
        addSpgist(kinds);
        addBrin(kinds);
    }

    private static void addBtree(RecordKinds kinds) {
        String split = "level {u4@0}, firstrightoff {u2@4}, newitemoff {u2@6}, postingoff {u2@8}";
        String unlink = "left {u4@0}; right {u4@4}; level {u4@8}; safexid {fxid@16}; leafleft {u4@24}; "
                + "leafright {u4@28}; leaftopparent {u4@32}";
        kinds.add(BTREE, 0x00, "INSERT_LEAF", "off {u2@0}");
        kinds.add(BTREE, 0x10, "INSERT_UPPER", "off {u2@0}");
        kinds.add(BTREE, 0x20, "INSERT_META", "off {u2@0}");
        kinds.add(BTREE, 0x30, "SPLIT_L", split);
        kinds.add(BTREE, 0x40, "SPLIT_R", split);
        kinds.add(BTREE, 0x50, "INSERT_POST", "off {u2@0}");
        kinds.add(BTREE, 0x60, "DEDUP", "nintervals {u2@0}");
        kinds.add(BTREE, 0x70, "DELETE", "latestRemovedXid {u4@0}; ndeleted {u2@4}; nupdated {u2@6}");
        kinds.add(BTREE, 0x80, "UNLINK_PAGE", unlink);
        kinds.add(BTREE, 0x90, "UNLINK_PAGE_META", unlink);
        kinds.add(BTREE, 0xA0, "NEWROOT", "lev {u4@4}");
        kinds.add(BTREE, 0xB0, "MARK_PAGE_HALFDEAD", "topparent {u4@16}; leaf {u4@4}; left {u4@8}; right {u4@12}");
        kinds.add(BTREE, 0xC0, "VACUUM", "ndeleted {u2@0}; nupdated {u2@2}");
        kinds.add(BTREE, 0xD0, "REUSE_PAGE", "rel {rel@0}; latestRemovedXid {fxid@16}");
        Template metadata = new Template("last_cleanup_num_delpages {u4@20}");
        kinds.add(BTREE, 0xE0, "META_CLEANUP", (record, out) -> {
            RecordFields block = record.ofBlock(0);
            if (block != null) {
                metadata.append(block, out);
            }
        });
    }

    private static void addHash(RecordKinds kinds) {
        kinds.add(HASH, 0x00, "INIT_META_PAGE", "num_tuples {g@0}, fillfactor {u2@12}");
        kinds.add(HASH, 0x10, "INIT_BITMAP_PAGE", "bmsize {u2@0}");
        kinds.add(HASH, 0x20, "INSERT", "off {u2@0}");
        kinds.add(HASH, 0x30, "ADD_OVFL_PAGE", "bmsize {u2@0}, bmpage_found {tf@2}");
        kinds.add(
                HASH,
                0x40,
                "SPLIT_ALLOCATE_PAGE",
                "new_bucket {u4@0}, meta_page_masks_updated {tf&1@8}, issplitpoint_changed {tf&2@8}");
        kinds.add(HASH, 0x50, "SPLIT_PAGE", "");
        kinds.add(HASH, 0x60, "SPLIT_COMPLETE", "old_bucket_flag {u2@0}, new_bucket_flag {u2@2}");
        kinds.add(HASH, 0x70, "MOVE_PAGE_CONTENTS", "ntups {u2@0}, is_primary {tf@2}");
        kinds.add(HASH, 0x80, "SQUEEZE_PAGE", "prevblkno {u4@0}, nextblkno {u4@4}, ntups {u2@8}, is_primary {tf@10}");
        kinds.add(HASH, 0x90, "DELETE", "clear_dead_marking {tf@0}, is_primary {tf@1}");
        kinds.add(HASH, 0xA0, "SPLIT_CLEANUP", "");
        kinds.add(HASH, 0xB0, "UPDATE_META_PAGE", "ntuples {g@0}");
        String tuples = kinds.isFrom(WalVersion.V16) ? "{u2@4}" : "{d4@4}";
        kinds.add(HASH, 0xC0, "VACUUM_ONE_PAGE", "ntuples " + tuples + ", latestRemovedXid {u4@0}");
    }

    private static void addGist(RecordKinds kinds) {
        kinds.add(GIST, 0x00, "PAGE_UPDATE", "");
        kinds.add(GIST, 0x10, "DELETE", "delete: latestRemovedXid {u4@0}, nitems: {u2@4}");
        kinds.add(GIST, 0x20, "PAGE_REUSE", "rel {rel@0}; blk {u4@12}; latestRemovedXid {fxid@16}");
        kinds.add(GIST, 0x30, "PAGE_SPLIT", "page_split: splits to {u2@18} pages");
        kinds.add(GIST, 0x60, "PAGE_DELETE", "deleteXid {fxid@0}; downlink {u2@8}");
        kinds.add(GIST, 0x70, "ASSIGN_LSN", "");
    }

    private static void addSpgist(RecordKinds kinds) {
        kinds.add(
                SPGIST,
                0x10,
                "ADD_LEAF",
                "off: {u2@2}, headoff: {u2@4}, parentoff: {u2@6}, nodeI: {u2@8}{?0: (newpage)}{?1: (nulls)}");
        kinds.add(
                SPGIST,
                0x20,
                "MOVE_LEAFS",
                "nmoves: {u2@0}, parentoff: {u2@6}, nodeI: {u2@8}{?2: (newpage)}{?3: (replacedead)}{?4: (nulls)}");
        kinds.add(
                SPGIST,
                0x30,
                "ADD_NODE",
                "off: {u2@0}, newoff: {u2@2}, parentBlk: {d1@5}, parentoff: {u2@6}, nodeI: {u2@8}{?4: (newpage)}");
        kinds.add(SPGIST, 0x40, "SPLIT_TUPLE", "prefixoff: {u2@0}, postfixoff: {u2@2}{?4: (newpage)}{?5: (same)}");
        kinds.add(
                SPGIST,
                0x50,
                "PICKSPLIT",
                "ndelete: {u2@2}, ninsert: {u2@4}, inneroff: {u2@8}, parentoff: {u2@14}, nodeI: {u2@16}"
                        + "{?12: (innerIsParent)}{?11: (nulls)}{?0: (isRootSplit)}");
        kinds.add(SPGIST, 0x60, "VACUUM_LEAF", "ndead: {u2@0}, nplaceholder: {u2@2}, nmove: {u2@4}, nchain: {u2@6}");
        kinds.add(SPGIST, 0x70, "VACUUM_ROOT", "ndelete: {u2@0}");
        kinds.add(
                SPGIST,
                0x80,
                "VACUUM_REDIRECT",
                "ntoplaceholder: {u2@0}, firstplaceholder: {u2@2}, newestredirectxid: {u4@4}");
    }

    private static void addBrin(RecordKinds kinds) {
        String insert = "heapBlk {u4@0} pagesPerRange {u4@4} offnum {u2@8}";
        String update = "heapBlk {u4@4} pagesPerRange {u4@8} old offnum {u2@0}, new offnum {u2@12}";
        kinds.add(BRIN, 0x00, "CREATE_INDEX", "v{u2@4} pagesPerRange {u4@0}");
        kinds.add(BRIN, 0x10, "INSERT", insert);
        kinds.add(BRIN, 0x10 | BRIN_INIT_PAGE, "INSERT+INIT", insert);
        kinds.add(BRIN, 0x20, "UPDATE", update);
        kinds.add(BRIN, 0x20 | BRIN_INIT_PAGE, "UPDATE+INIT", update);
        kinds.add(BRIN, 0x30, "SAMEPAGE_UPDATE", "offnum {u2@0}");
        kinds.add(BRIN, 0x40, "REVMAP_EXTEND", "targetBlk {u4@0}");
        kinds.add(BRIN, 0x50, "DESUMMARIZE", "pagesPerRange {u4@0}, heapBlk {u4@4}, page offset {u2@8}");
    }
}
