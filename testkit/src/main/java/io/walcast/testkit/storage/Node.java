// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.storage;

/** What a name can stand for. */
sealed interface Node permits FileNode, DirectoryNode {

    /** Returns what is found of this after a crash. */
    Node afterCrash(CrashOutcome outcome);

    /** Adds a line for this, and one for each thing in it; the same lines mean the same content. */
    void describe(String path, StringBuilder text);
}
