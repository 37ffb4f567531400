// SPDX-License-Identifier: Apache-2.0

/** Compressed WAL files beside gzip, which the JDK reads. Stateless. Not for use outside this module. */
@NullMarked
package io.walcast.postmaster.compression;

import org.jspecify.annotations.NullMarked;
