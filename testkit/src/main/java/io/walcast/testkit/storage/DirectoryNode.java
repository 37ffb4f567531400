// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.storage;

import io.walcast.core.storage.FileMode;
import io.walcast.testkit.storage.CrashOutcome.Unsynced;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A directory: its names as programs see them, those on disk, and the changes between. Each change survives a crash or does
 * not, whatever the others do. Moving a file from one directory to another is two changes: it can end up with both names,
 * or with none.
 */
final class DirectoryNode implements Node {
    final FileMode mode;
    private final Map<String, Node> entries = new TreeMap<>();
    private final Map<String, Node> onDisk = new TreeMap<>();
    private final List<Map<String, @Nullable Node>> unsynced = new ArrayList<>();

    DirectoryNode(FileMode mode) {
        this.mode = mode;
    }

    Map<String, Node> entries() {
        return entries;
    }

    @Nullable
    Node get(String name) {
        return entries.get(name);
    }

    void put(String name, Node node) {
        change(name, node, null);
    }

    void remove(String name) {
        change(name, null, null);
    }

    /** Renames within the directory, in one change. */
    void rename(String from, String to, Node node) {
        change(to, node, from);
    }

    private void change(String name, @Nullable Node node, @Nullable String removed) {
        Map<String, @Nullable Node> change = new LinkedHashMap<>();
        if (removed != null) {
            change.put(removed, null);
        }
        change.put(name, node);
        apply(change, entries);
        unsynced.add(change);
    }

    void sync() {
        onDisk.clear();
        onDisk.putAll(entries);
        unsynced.clear();
    }

    void syncAll() {
        sync();
        for (Node node : entries.values()) {
            if (node instanceof DirectoryNode directory) {
                directory.syncAll();
            }
        }
    }

    @Override
    public DirectoryNode afterCrash(CrashOutcome outcome) {
        return afterCrash(outcome, new IdentityHashMap<>());
    }

    private DirectoryNode afterCrash(CrashOutcome outcome, Map<Node, Node> copies) {
        Map<String, Node> found = new TreeMap<>(onDisk);
        for (Map<String, @Nullable Node> change : unsynced) {
            if (outcome.survives(Unsynced.NAME)) {
                apply(change, found);
            }
        }
        DirectoryNode copy = new DirectoryNode(mode);
        found.forEach((name, node) -> copy.entries.put(name, copy(node, outcome, copies)));
        copy.sync();
        return copy;
    }

    private static Node copy(Node node, CrashOutcome outcome, Map<Node, Node> copies) {
        Node copy = copies.get(node);
        if (copy == null) {
            copy = node instanceof DirectoryNode directory
                    ? directory.afterCrash(outcome, copies)
                    : node.afterCrash(outcome);
            copies.put(node, copy);
        }
        return copy;
    }

    @Override
    public void describe(String path, StringBuilder text) {
        text.append(path).append("/\n");
        entries.forEach((name, node) -> node.describe(path + "/" + name, text));
    }

    private static void apply(Map<String, @Nullable Node> change, Map<String, Node> entries) {
        change.forEach((name, node) -> {
            if (node == null) {
                entries.remove(name);
            } else {
                entries.put(name, node);
            }
        });
    }
}
