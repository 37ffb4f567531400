// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.core.Lsn;
import io.walcast.core.PgTimestamp;
import io.walcast.core.protocol.StandbyMessage;
import io.walcast.transport.grpc.v1.HotStandbyFeedback;
import io.walcast.transport.grpc.v1.SessionRequest;
import io.walcast.transport.grpc.v1.StatusUpdate;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class StandbyMessagesTest {

    static Stream<StandbyMessage> messages() {
        Random random = new Random(42);
        return Stream.of(
                new StandbyMessage.StatusUpdate(new Lsn(1), new Lsn(2), new Lsn(3), new PgTimestamp(4), true),
                new StandbyMessage.StatusUpdate(
                        Lsn.INVALID, new Lsn(-1), new Lsn(Long.MIN_VALUE), new PgTimestamp(-5), false),
                new StandbyMessage.StatusUpdate(
                        new Lsn(random.nextLong()),
                        new Lsn(random.nextLong()),
                        new Lsn(random.nextLong()),
                        new PgTimestamp(random.nextLong()),
                        true),
                new StandbyMessage.HotStandbyFeedback(new PgTimestamp(1), 2, 3, 4, 5),
                new StandbyMessage.HotStandbyFeedback(new PgTimestamp(Long.MIN_VALUE), -1, -2, -3, Integer.MIN_VALUE),
                StandbyMessage.HotStandbyFeedback.none(new PgTimestamp(0)));
    }

    @ParameterizedTest
    @MethodSource("messages")
    void areReadAsTheyWereWritten(StandbyMessage message) throws Exception {
        SessionRequest request =
                SessionRequest.parseFrom(StandbyMessages.request(message).toByteArray());

        StandbyMessage read = request.hasStatusUpdate()
                ? StandbyMessages.message(request.getStatusUpdate())
                : StandbyMessages.message(request.getHotStandbyFeedback());

        assertThat(read).isEqualTo(message);
    }

    @Test
    void areAllOfThem() {
        Set<Class<?>> samples = messages().map(Object::getClass).collect(Collectors.toSet());

        assertThat(samples).containsExactlyInAnyOrder(StandbyMessage.class.getPermittedSubclasses());
    }

    @Test
    void reportNothingWhereNothingIsSet() {
        assertThat(StandbyMessages.message(StatusUpdate.getDefaultInstance()))
                .isEqualTo(new StandbyMessage.StatusUpdate(
                        Lsn.INVALID, Lsn.INVALID, Lsn.INVALID, new PgTimestamp(0), false));
        assertThat(StandbyMessages.message(HotStandbyFeedback.getDefaultInstance()))
                .isEqualTo(StandbyMessage.HotStandbyFeedback.none(new PgTimestamp(0)));
    }
}
