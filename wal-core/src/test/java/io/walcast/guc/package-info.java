// SPDX-License-Identifier: Apache-2.0
@NullMarked
package io.walcast.guc;

import org.jspecify.annotations.NullMarked;
