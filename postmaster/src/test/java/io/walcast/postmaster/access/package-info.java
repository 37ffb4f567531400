// SPDX-License-Identifier: Apache-2.0
@NullMarked
package io.walcast.postmaster.access;

import org.jspecify.annotations.NullMarked;
