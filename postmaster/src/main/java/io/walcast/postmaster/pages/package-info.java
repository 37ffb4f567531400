// SPDX-License-Identifier: Apache-2.0
/**
 * What the distribution says about the commands besides their help: manual pages and completion for bash, made by the build
 * from the commands themselves. Nothing here runs in a started program.
 */
@NullMarked
package io.walcast.postmaster.pages;

import org.jspecify.annotations.NullMarked;
