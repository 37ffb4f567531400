// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.receivewal;

import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.core.error.ConnectionException;
import io.walcast.core.error.ErrorFields;
import io.walcast.core.error.ServerErrorException;
import io.walcast.core.error.SqlState;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class MessagesTest {
    private final StringWriter err = new StringWriter();
    private final Messages messages = new Messages(new PrintWriter(err), "pg_receivewal");

    @Test
    void haveTheFormOfPostgreSqlsPrograms() {
        messages.error("a");
        messages.warning("b");
        messages.info("c");
        messages.hint();

        assertThat(err.toString().lines())
                .containsExactly(
                        "pg_receivewal: error: a",
                        "pg_receivewal: warning: b",
                        "pg_receivewal: c",
                        "pg_receivewal: hint: Try \"pg_receivewal --help\" for more information.");
    }

    @Test
    void giveThePeerNoWayToSteerTheTerminal() {
        messages.error("a\u001b[2Jb\rc\u009bd\n\te");

        assertThat(err.toString().strip()).isEqualTo("pg_receivewal: error: a\\x1b[2Jb\\x0dc\\xc2\\x9bd\n\te");
    }

    @Test
    void goAboveTheStatusLine() {
        messages.status("10 MB");
        messages.info("x");
        messages.endStatus();

        assertThat(err.toString())
                .isEqualTo("10 MB\r\u001b[Kpg_receivewal: x\n10 MB\n".replace("\n", System.lineSeparator()));
    }

    @Test
    void showAllThatAServerSays() {
        ServerErrorException e = new ServerErrorException(
                new ErrorFields("ERROR", SqlState.UNDEFINED_OBJECT, "no slot", "the detail", "the hint"));

        assertThat(Messages.textOf(e)).isEqualTo("ERROR:  no slot\nDETAIL:  the detail\nHINT:  the hint");
        assertThat(Messages.textOf(new ServerErrorException(e.fields(), "server 3: no slot")))
                .isEqualTo("server 3: no slot");
        assertThat(Messages.textOf(new ConnectionException("gone", null))).isEqualTo("gone");
    }
}
