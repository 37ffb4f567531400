// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.init;

import java.io.PrintWriter;
import java.io.StringWriter;
import picocli.CommandLine;

/** What a command did in this process. */
record CommandRun(int exitCode, String out, String err) {

    static CommandRun init(String... arguments) {
        return of(new InitCommand(), arguments);
    }

    static CommandRun addUser(String... arguments) {
        return of(new AddUserCommand(), arguments);
    }

    private static CommandRun of(Object command, String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = new CommandLine(command)
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(arguments);
        return new CommandRun(code, out.toString(), err.toString());
    }
}
