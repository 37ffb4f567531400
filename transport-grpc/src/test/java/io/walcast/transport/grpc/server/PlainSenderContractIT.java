// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc.server;

/** Without TLS, without compression. */
final class PlainSenderContractIT extends GrpcSenderContract {}
