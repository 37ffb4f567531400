// SPDX-License-Identifier: Apache-2.0

/** The proof: both contracts, each with one short subclass, and a standby that speaks the frames. */
@NullMarked
package com.example.walcast.plain;

import org.jspecify.annotations.NullMarked;
