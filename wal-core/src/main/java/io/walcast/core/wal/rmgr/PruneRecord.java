// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.wal.rmgr;

/**
 * The record by which 17 and later prune and freeze a page ({@code xl_heap_prune}).
 *
 * <pre>
 * main data   reason uint8 | flags uint8 | [conflict horizon uint32]
 * block data  [count uint16 | padding 2 | plan 12 bytes *] [count uint16 | (from, to) uint16 *]
 *             [count uint16 | dead uint16 *] [count uint16 | unused uint16 *] frozen uint16 *
 * plan        xmax uint32 | infomask2 uint16 | infomask uint16 | flags uint8 | padding 1 | tuples uint16
 * </pre>
 */
final class PruneRecord {
    private static final int IS_CATALOG_REL = 0x02;
    private static final int HAS_CONFLICT_HORIZON = 0x08;
    private static final int HAS_FREEZE_PLANS = 0x10;
    private static final int HAS_REDIRECTIONS = 0x20;
    private static final int HAS_DEAD_ITEMS = 0x40;
    private static final int HAS_NOW_UNUSED_ITEMS = 0x80;
    private static final int PLANS = 4;
    private static final int PLAN_BYTES = 12;

    private final RecordFields block;
    private final StringBuilder out;
    private final int flags;
    private int plans;
    private int redirected;
    private int dead;
    private int unused;
    private int frozen;

    private PruneRecord(RecordFields block, int flags, StringBuilder out) {
        this.block = block;
        this.flags = flags;
        this.out = out;
    }

    static void append(RecordFields record, StringBuilder out) {
        int flags = record.uint8(1);
        if ((flags & HAS_CONFLICT_HORIZON) != 0) {
            out.append("snapshotConflictHorizon: ").append(record.uint32(2));
        }
        out.append(", isCatalogRel: ").append((flags & IS_CATALOG_REL) != 0 ? 'T' : 'F');
        RecordFields block = record.ofBlock(0);
        if (block != null) {
            new PruneRecord(block, flags, out).append();
        }
    }

    private void append() {
        int at = 0;
        plans = count(HAS_FREEZE_PLANS, at);
        at += plans == 0 ? 0 : PLANS + PLAN_BYTES * plans;
        int redirectedAt = at + 2;
        redirected = count(HAS_REDIRECTIONS, at);
        at += redirected == 0 ? 0 : 2 + 4 * redirected;
        int deadAt = at + 2;
        dead = count(HAS_DEAD_ITEMS, at);
        at += dead == 0 ? 0 : 2 + 2 * dead;
        int unusedAt = at + 2;
        unused = count(HAS_NOW_UNUSED_ITEMS, at);
        frozen = at + (unused == 0 ? 0 : 2 + 2 * unused);
        out.append(", nplans: ").append(plans).append(", nredirected: ").append(redirected);
        out.append(", ndead: ").append(dead).append(", nunused: ").append(unused);
        if (plans > 0) {
            appendPlans();
        }
        if (redirected > 0) {
            appendRedirections(redirectedAt);
        }
        appendItems(", dead: [", deadAt, dead);
        appendItems(", unused: [", unusedAt, unused);
    }

    private int count(int flag, int at) {
        return (flags & flag) == 0 ? 0 : block.uint16(at);
    }

    private void appendPlans() {
        out.append(", plans: [");
        for (int i = 0; i < plans; i++) {
            int at = PLANS + PLAN_BYTES * i;
            int tuples = block.uint16(at + 10);
            out.append(i == 0 ? "" : ", ").append("{ xmax: ").append(block.uint32(at));
            out.append(", infomask: ").append(block.uint16(at + 6));
            out.append(", infomask2: ").append(block.uint16(at + 4));
            out.append(", ntuples: ").append(tuples);
            appendItems(", offsets: [", frozen, tuples);
            out.append(" }");
            frozen += 2 * tuples;
        }
        out.append(']');
    }

    private void appendRedirections(int at) {
        out.append(", redirected: [");
        for (int i = 0; i < redirected; i++) {
            out.append(i == 0 ? "" : ", ").append(block.uint16(at + 4 * i));
            out.append("->").append(block.uint16(at + 4 * i + 2));
        }
        out.append(']');
    }

    private void appendItems(String start, int at, int count) {
        if (count > 0) {
            out.append(start);
            for (int i = 0; i < count; i++) {
                out.append(i == 0 ? "" : ", ").append(block.uint16(at + 2 * i));
            }
            out.append(']');
        }
    }
}
