// SPDX-License-Identifier: Apache-2.0
package io.walcast.benchmarks;

import io.walcast.command.ReplicationCommand;
import io.walcast.command.ReplicationCommandParser;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a replication command costs to parse. The claim: a few microseconds for what clients send, so that it may be done
 * on an event loop; and less than a millisecond for the worst of the longest texts that are allowed, so that no client can
 * hold up the others.
 *
 * <pre>java -jar benchmarks/target/benchmarks.jar ReplicationCommandParse -prof gc</pre>
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@State(Scope.Thread)
public class ReplicationCommandParseBenchmark {
    private static final int SERVER_MAJOR = 18;

    /** Which command. */
    @Param
    public Sample sample;

    private byte[] text;

    /** Commands that clients send, and long ones that they do not. */
    public enum Sample {
        /** 15 bytes. */
        IDENTIFY("IDENTIFY_SYSTEM"),
        /** A standby's. */
        START("START_REPLICATION SLOT \"slot_b\" 16/B3000000 TIMELINE 3"),
        /** A subscription's. */
        START_LOGICAL("START_REPLICATION SLOT \"sub\" LOGICAL 0/0 (proto_version '4', streaming 'parallel',"
                + " origin 'any', publication_names '\"pub\"')"),
        /** One of pg_basebackup. */
        CREATE("CREATE_REPLICATION_SLOT \"pg_basebackup_4711\" TEMPORARY PHYSICAL ( RESERVE_WAL)"),
        /** Another of pg_basebackup. */
        BACKUP("BASE_BACKUP ( LABEL 'pg_basebackup base backup',  PROGRESS,  CHECKPOINT 'fast',  WAIT 0,"
                + "  MANIFEST 'yes',  TARGET 'client')"),
        /** 16 kB, many tokens. */
        LONG_LIST("START_REPLICATION SLOT s LOGICAL 0/0 (a" + ",a".repeat(8_000) + ")"),
        /** 16 kB, one token, which looks like an LSN until its end. */
        LONG_NAME("SHOW " + "a".repeat(16_000));

        private final String text;

        Sample(String text) {
            this.text = text;
        }
    }

    /** Encodes the command as it comes from the wire. */
    @Setup
    public void encode() {
        text = sample.text.getBytes(StandardCharsets.UTF_8);
    }

    /** Parses it. */
    @Benchmark
    public ReplicationCommand parse() {
        return ReplicationCommandParser.parse(text, SERVER_MAJOR);
    }
}
