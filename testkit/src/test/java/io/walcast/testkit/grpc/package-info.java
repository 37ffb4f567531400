// SPDX-License-Identifier: Apache-2.0

/**
 * A thin transport over gRPC, both ends, to prove that the transport API is not shaped by one protocol: one bidirectional
 * call is a session, one gRPC message is one message. It is no product: neither TLS nor authentication, and commands travel
 * as text.
 */
@NullMarked
package io.walcast.testkit.grpc;

import org.jspecify.annotations.NullMarked;
