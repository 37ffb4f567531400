// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.storage;

/** What a name can stand for. */
sealed interface Node permits FileNode, DirectoryNode {

    /** Returns what is found of this after a crash. */
    Node afterCrash(CrashOutcome outcome);
}
