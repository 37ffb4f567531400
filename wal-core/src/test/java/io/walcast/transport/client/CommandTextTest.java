// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walcast.core.Lsn;
import io.walcast.core.TimelineId;
import io.walcast.core.error.ConfigurationException;
import io.walcast.transport.AlterSlot;
import io.walcast.transport.CreateSlot;
import io.walcast.transport.StreamOptions;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CommandTextTest {
    private static final Lsn START = Lsn.parse("16/B374D848");

    @Test
    void startsPhysicalStreamsAsLibpqwalreceiverDoes() {
        assertThat(CommandText.startReplication(new StreamOptions.Physical(null, START, TimelineId.of(2))))
                .isEqualTo("START_REPLICATION 16/B374D848 TIMELINE 2");
        assertThat(CommandText.startReplication(new StreamOptions.Physical("s_1", START, TimelineId.FIRST)))
                .isEqualTo("START_REPLICATION SLOT \"s_1\" 16/B374D848 TIMELINE 1");
    }

    @Test
    void startsLogicalStreamsWithOptionsInOrder() {
        Map<String, String> options = new LinkedHashMap<>();
        options.put("proto_version", "1");
        options.put("publication_names", "\"it's\"");

        assertThat(CommandText.startReplication(new StreamOptions.Logical("s", Lsn.INVALID, options)))
                .isEqualTo("START_REPLICATION SLOT \"s\" LOGICAL 0/0"
                        + " (\"proto_version\" '1', \"publication_names\" '\"it''s\"')");
        assertThat(CommandText.startReplication(new StreamOptions.Logical("s", Lsn.INVALID, Map.of())))
                .isEqualTo("START_REPLICATION SLOT \"s\" LOGICAL 0/0");
    }

    @Test
    void createsPhysicalSlotsInTheSyntaxOfTheVersion() {
        CreateSlot reserved = CreateSlot.physical("s", true);
        CreateSlot fresh = CreateSlot.physical("s", false);
        CreateSlot temporary = CreateSlot.temporaryPhysical("s");

        assertThat(CommandText.createSlot(reserved, 14))
                .isEqualTo("CREATE_REPLICATION_SLOT \"s\" PHYSICAL RESERVE_WAL");
        assertThat(CommandText.createSlot(reserved, 15))
                .isEqualTo("CREATE_REPLICATION_SLOT \"s\" PHYSICAL (RESERVE_WAL)");
        assertThat(CommandText.createSlot(fresh, 14)).isEqualTo("CREATE_REPLICATION_SLOT \"s\" PHYSICAL");
        assertThat(CommandText.createSlot(fresh, 18)).isEqualTo("CREATE_REPLICATION_SLOT \"s\" PHYSICAL");
        assertThat(CommandText.createSlot(temporary, 18))
                .isEqualTo("CREATE_REPLICATION_SLOT \"s\" TEMPORARY PHYSICAL (RESERVE_WAL)");
    }

    @Test
    void createsLogicalSlotsInTheSyntaxOfTheVersion() {
        CreateSlot plain = new CreateSlot("s", false, "pgoutput", false, "nothing", false, false);
        CreateSlot full = new CreateSlot("s", false, "pgoutput", false, "export", true, true);

        assertThat(CommandText.createSlot(plain, 14))
                .isEqualTo("CREATE_REPLICATION_SLOT \"s\" LOGICAL \"pgoutput\" NOEXPORT_SNAPSHOT");
        assertThat(CommandText.createSlot(plain, 15))
                .isEqualTo("CREATE_REPLICATION_SLOT \"s\" LOGICAL \"pgoutput\" (SNAPSHOT 'nothing')");
        assertThat(CommandText.createSlot(full, 17))
                .isEqualTo(
                        "CREATE_REPLICATION_SLOT \"s\" LOGICAL \"pgoutput\" (FAILOVER, TWO_PHASE, SNAPSHOT 'export')");
        assertThatThrownBy(() -> CommandText.createSlot(full, 16)).isInstanceOf(ConfigurationException.class);
        assertThatThrownBy(() -> CommandText.createSlot(full, 14)).isInstanceOf(ConfigurationException.class);
    }

    @Test
    void altersReadsAndDropsSlots() {
        assertThat(CommandText.alterSlot(new AlterSlot("s", true, false), 18))
                .isEqualTo("ALTER_REPLICATION_SLOT \"s\" (FAILOVER true, TWO_PHASE false)");
        assertThatThrownBy(() -> CommandText.alterSlot(new AlterSlot("s", true, null), 16))
                .hasMessage("ALTER_REPLICATION_SLOT: server version 16 (expected: 17 or newer)");
        assertThat(CommandText.readSlot("s", 15)).isEqualTo("READ_REPLICATION_SLOT \"s\"");
        assertThatThrownBy(() -> CommandText.readSlot("s", 14)).isInstanceOf(ConfigurationException.class);
        assertThat(CommandText.dropSlot("s", false)).isEqualTo("DROP_REPLICATION_SLOT \"s\"");
        assertThat(CommandText.dropSlot("s", true)).isEqualTo("DROP_REPLICATION_SLOT \"s\" WAIT");
        assertThat(CommandText.timelineHistory(TimelineId.of(0xFFFF_FFFFL))).isEqualTo("TIMELINE_HISTORY 4294967295");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a\"b", "a\nb", "a\rb", "a\0b", "\u007f", "s\" LOGICAL x"})
    void refusesNamesThatCannotBeQuoted(String name) {
        assertThatThrownBy(() -> CommandText.identifier(name)).isInstanceOf(ConfigurationException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a;b", "a.", ".a", "1a", "a'b", "a\n"})
    void refusesParameterNamesThatAreNone(String name) {
        assertThatThrownBy(() -> CommandText.show(name)).isInstanceOf(ConfigurationException.class);
    }

    @Test
    void showsParametersOfExtensionsToo() {
        assertThat(CommandText.show("wal_segment_size")).isEqualTo("SHOW wal_segment_size");
        assertThat(CommandText.show("pg_stat_statements.max")).isEqualTo("SHOW pg_stat_statements.max");
    }
}
