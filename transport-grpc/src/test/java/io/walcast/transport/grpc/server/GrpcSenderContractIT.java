// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc.server;

import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.walcast.testkit.standby.ScriptedStandby;
import io.walcast.testkit.standby.StandbyLogin;
import io.walcast.testkit.transport.WalSenderTransportContract;
import io.walcast.transport.WalSenderTransport;
import io.walcast.transport.grpc.LeakRecorder;
import java.net.InetSocketAddress;

/** gRPC keeps the contract of a transport's sending end. */
class GrpcSenderContractIT extends WalSenderTransportContract {
    private static final int WINDOW_BYTES = 128 << 10;
    /** Of another kind than the server's: what gRPC's client loses when it is cut can be told from what the server does. */
    private static final EventLoopGroup LOOPS = new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("walcast-test-standby", true), NioIoHandler.newFactory());

    /** The window of HTTP/2 and what the sockets of both ends may hold. */
    private static final int BUFFERS_BYTES = 8 << 20;

    @Override
    protected WalSenderTransport transport() {
        return new GrpcSenderTransport();
    }

    @Override
    protected ScriptedStandby connect(InetSocketAddress address, StandbyLogin login) {
        return GrpcStandby.begin(
                NettyChannelBuilder.forAddress(address)
                        .usePlaintext()
                        .channelType(NioSocketChannel.class)
                        .eventLoopGroup(LOOPS)
                        .directExecutor()
                        .disableRetry()
                        .flowControlWindow(WINDOW_BYTES)
                        .build(),
                login);
    }

    @Override
    protected int bytesUnderWay() {
        return BUFFERS_BYTES;
    }

    @Override
    protected void checkForLeaks() {
        LeakRecorder.assertNothingLeaked(NioIoHandler.class.getName());
    }
}
