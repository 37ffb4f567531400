// SPDX-License-Identifier: Apache-2.0
@NullMarked
package io.walcast.postmaster.init;

import org.jspecify.annotations.NullMarked;
