// SPDX-License-Identifier: Apache-2.0
@NullMarked
package io.walcast.auth;

import org.jspecify.annotations.NullMarked;
