// SPDX-License-Identifier: Apache-2.0
package io.walcast.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walcast.core.error.ConfigurationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PgIdentTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '!',
            quoteCharacter = '`',
            value = {
                "m alice bob                       ! m ! alice ! bob ! true",
                "m alice bob                       ! n ! alice ! bob ! false",
                "m alice bob                       ! m ! Alice ! bob ! false",
                "m alice bob                       ! m ! alice ! Bob ! false",
                "m alice all                       ! m ! alice ! anybody ! true",
                "m alice \"all\"                   ! m ! alice ! anybody ! false",
                "\"m m\" \"CN=a b,O=x\" bob        ! m m ! CN=a b,O=x ! bob ! true",
                "m /^(.*)\\.standby$ \\1           ! m ! s1.standby ! s1 ! true",
                "m /^(.*)\\.standby$ \\1           ! m ! s1.standby ! s2 ! false",
                "m /^(.*)\\.standby$ \\1           ! m ! s1.standby.evil ! s1 ! false",
                "m \"/^(.*)@x\\.org$\" rep_\\1_x   ! m ! a@x.org ! rep_a_x ! true",
                "m /x bob                          ! m ! axb ! bob ! true",
                "m /^x$ bob                        ! m ! axb ! bob ! false",
                "m /^(a)|(b)$ \\1                  ! m ! b ! b ! false",
                "m /^(.*)$ \\1                     ! m ! all ! bob ! false"
            })
    void mapsAsPostgresqlDoes(String line, String map, String name, String user, boolean fits) {
        assertThat(PgIdent.parse(line, "f").fits(map, name, user)).isEqualTo(fits);
    }

    @Test
    void namesTheUsersThatAreMeant() {
        PgIdent maps =
                PgIdent.parse("m s1.standby u1\nn /^(.*)\\.standby$ rep_\\1\nm s1.standby all\nm other u2\n", "f");

        assertThat(maps.users("s1.standby")).containsExactly("u1", "rep_s1");
        assertThat(maps.users("nobody")).isEmpty();
    }

    @Test
    void triesEveryLine() {
        PgIdent maps = PgIdent.parse("m a u1\nm a u2\n", "f");

        assertThat(maps.fits("m", "a", "u2")).isTrue();
        assertThat(PgIdent.EMPTY.fits("m", "a", "a")).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '!',
            quoteCharacter = '`',
            value = {
                "m           ! missing entry at end of line",
                "m a         ! missing entry at end of line",
                "m a,b c     ! multiple values in ident field",
                "m a +g      ! membership of a role (\"+g\") is not supported",
                "m a /x      ! a regular expression for a user (\"/x\") is not supported",
                "m /x \\1    ! regular expression \"x\" has no subexpressions as requested by backreference in \"\\1\"",
                "m /(x b     ! invalid regular expression \"(x\": Unclosed group"
            })
    void namesFileAndLineOfWhatCannotBeUsed(String line, String reason) {
        assertThatThrownBy(() -> PgIdent.parse("\n" + line, "pg_ident.conf"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage("pg_ident.conf, line 2: " + reason);
    }
}
