// SPDX-License-Identifier: Apache-2.0
/** Tests of what both ends share. */
@NullMarked
package io.walcast.transport.grpc.wire;

import org.jspecify.annotations.NullMarked;
