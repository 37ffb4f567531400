// SPDX-License-Identifier: Apache-2.0
/**
 * A file system in memory that numbers every call, fails where it is told to, and forgets in a simulated crash what was not
 * synced. It is stricter than real ones: what it forgives nowhere, no disk does worse, as far as we know.
 */
@NullMarked
package io.walcast.testkit.storage;

import org.jspecify.annotations.NullMarked;
