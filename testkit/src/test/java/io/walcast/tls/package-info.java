// SPDX-License-Identifier: Apache-2.0
/** Tests of reading keys; here, because the certificates that they need are made by this kit. */
@NullMarked
package io.walcast.tls;

import org.jspecify.annotations.NullMarked;
