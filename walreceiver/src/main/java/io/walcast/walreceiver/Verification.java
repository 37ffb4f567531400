// SPDX-License-Identifier: Apache-2.0
package io.walcast.walreceiver;

/** Whether every record is checked while it is received, and what happens at the first bad one. */
public enum Verification {
    /** Page headers are checked, records are not. */
    NONE,
    /** A bad record is a warning; receiving goes on. */
    WARN,
    /** A bad record ends receiving. */
    STOP
}
