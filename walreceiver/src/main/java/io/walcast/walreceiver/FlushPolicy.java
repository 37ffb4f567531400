// SPDX-License-Identifier: Apache-2.0
package io.walcast.walreceiver;

/** When what was written is made durable, and so can be reported as flushed. */
public enum FlushPolicy {
    /** At the end of each segment, and when the server asks for a reply: what {@code pg_receivewal} does. */
    SEGMENT_END,
    /** Whenever there is nothing more to receive: what a walreceiver and {@code pg_receivewal --synchronous} do. */
    EVERY_BURST,
    /** Never ({@code --no-sync}): a crash of the machine may lose what was acknowledged. */
    NONE
}
