// SPDX-License-Identifier: Apache-2.0
/** Tests of the sending end. */
@NullMarked
package io.walcast.transport.grpc.server;

import org.jspecify.annotations.NullMarked;
