// SPDX-License-Identifier: Apache-2.0
@NullMarked
package io.walcast.transport.grpc;

import org.jspecify.annotations.NullMarked;
