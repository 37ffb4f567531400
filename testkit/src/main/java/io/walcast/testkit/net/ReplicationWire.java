// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.net;

import io.walcast.core.Lsn;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Follows the protocol of one connection.
 *
 * <p>Threading: both directions call, and take turns by a lock. The client waits for the answer to a request for TLS, so
 * the turns come in the order that matters.
 */
final class ReplicationWire implements Tap.Wire {
    private static final int MAX_CLIENT_BYTES = 64 * 1024;
    private static final int MAX_SERVER_BYTES = 4 * 1024;
    private static final int SSL_REQUEST = 80877103;
    private static final int GSS_REQUEST = 80877104;
    private static final int FIRST_PROTOCOL_3 = 3 << 16;
    private static final byte TLS_HANDSHAKE = 0x16;
    private static final int WAL_HEADER_BYTES = 1 + 3 * Long.BYTES;
    private static final int KEEPALIVE_BYTES = 1 + 2 * Long.BYTES + 1;

    private final ReplicationConversation conversation;
    private final Consumer<StandbyStatus> statusListener;
    private final Runnable afterwards;
    private final Object lock = new Object();
    private final MessageSplitter fromClient = new MessageSplitter(MAX_CLIENT_BYTES, false, this::clientMessage);
    private final MessageSplitter fromServer = new MessageSplitter(MAX_SERVER_BYTES, true, this::serverMessage);
    private boolean isFirst = true;
    private boolean awaitsEncryptionAnswer;
    private boolean isOpaque;

    ReplicationWire(ReplicationConversation conversation, Consumer<StandbyStatus> statusListener, Runnable afterwards) {
        this.conversation = conversation;
        this.statusListener = statusListener;
        this.afterwards = afterwards;
    }

    @Override
    public void seen(Direction direction, ByteBuffer bytes) {
        synchronized (lock) {
            switch (direction) {
                case TO_SERVER -> clientBytes(bytes);
                case TO_CLIENT -> serverBytes(bytes);
            }
        }
        afterwards.run();
    }

    @Override
    public void closed() {
        conversation.closed();
        afterwards.run();
    }

    private void clientBytes(ByteBuffer bytes) {
        if (isFirst && bytes.get(bytes.position()) == TLS_HANDSHAKE) {
            becomeOpaque();
        }
        isFirst = false;
        if (!isOpaque) {
            fromClient.take(bytes);
        }
    }

    private void serverBytes(ByteBuffer bytes) {
        if (awaitsEncryptionAnswer && bytes.hasRemaining()) {
            awaitsEncryptionAnswer = false;
            byte answer = bytes.get(bytes.position());
            if (answer == 'S' || answer == 'G') {
                becomeOpaque();
            } else if (answer == 'N') {
                bytes.get();
            }
        }
        if (!isOpaque) {
            fromServer.take(bytes);
        }
    }

    private void becomeOpaque() {
        isOpaque = true;
        conversation.encrypted();
    }

    private void clientMessage(byte tag, ByteBuffer body, int length) {
        switch (tag) {
            case 0 -> startup(body);
            case 'Q' -> conversation.addQuery(text(body));
            case 'd' -> StandbyStatus.parse(body).ifPresent(this::status);
            default -> {}
        }
    }

    private void status(StandbyStatus status) {
        conversation.add(status);
        statusListener.accept(status);
    }

    private void startup(ByteBuffer body) {
        int code = body.remaining() < Integer.BYTES ? 0 : body.getInt();
        if (code == SSL_REQUEST || code == GSS_REQUEST) {
            awaitsEncryptionAnswer = true;
        } else {
            fromClient.expectTags();
            if (code >= FIRST_PROTOCOL_3 && code < FIRST_PROTOCOL_3 + 0x10000) {
                conversation.started(parameters(body));
            }
        }
    }

    private static Map<String, String> parameters(ByteBuffer body) {
        List<String> words = new ArrayList<>(List.of(utf8(body).split("\0", -1)));
        Map<String, String> parameters = new HashMap<>();
        for (int i = 0; i + 1 < words.size() && !words.get(i).isEmpty(); i += 2) {
            parameters.put(words.get(i), words.get(i + 1));
        }
        return parameters;
    }

    private void serverMessage(byte tag, ByteBuffer body, int length) {
        if (tag == 'E') {
            conversation.addError(error(body));
        } else if (tag == 'd' && body.hasRemaining()) {
            byte kind = body.get(0);
            if (kind == 'w' && body.remaining() >= WAL_HEADER_BYTES) {
                conversation.addWal(new Lsn(body.getLong(1)), length - WAL_HEADER_BYTES);
            } else if (kind == 'k' && body.remaining() == KEEPALIVE_BYTES) {
                boolean replyRequested = body.get(KEEPALIVE_BYTES - 1) != 0;
                conversation.add(new SeenKeepalive(new Lsn(body.getLong(1)), replyRequested, System.nanoTime()));
            }
        }
    }

    private static String error(ByteBuffer body) {
        String state = "";
        String message = "";
        for (String field : utf8(body).split("\0", -1)) {
            if (field.startsWith("C")) {
                state = field.substring(1);
            } else if (field.startsWith("M")) {
                message = field.substring(1);
            }
        }
        return state + " " + message;
    }

    private static String text(ByteBuffer body) {
        String text = utf8(body);
        return text.endsWith("\0") ? text.substring(0, text.length() - 1) : text;
    }

    private static String utf8(ByteBuffer body) {
        return StandardCharsets.UTF_8.decode(body).toString();
    }
}
