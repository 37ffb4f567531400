// SPDX-License-Identifier: Apache-2.0

/** Tests of what judges a transport's calls. */
@NullMarked
package io.walcast.testkit.service;

import org.jspecify.annotations.NullMarked;
