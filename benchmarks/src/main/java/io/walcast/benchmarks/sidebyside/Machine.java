// SPDX-License-Identifier: Apache-2.0
package io.walcast.benchmarks.sidebyside;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * The machine a comparison ran on, as far as it matters.
 *
 * @param cores how many processors
 * @param jdk the version of Java
 * @param fileSystem the type of the file system that was worked on
 */
record Machine(
        int cores, String jdk, @JsonProperty("file_system") String fileSystem) {

    static Machine here(String fileSystem) {
        return new Machine(Runtime.getRuntime().availableProcessors(), System.getProperty("java.version"), fileSystem);
    }
}
