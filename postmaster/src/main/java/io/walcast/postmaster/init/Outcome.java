// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.init;

import io.walcast.core.error.WalException;
import io.walcast.core.storage.DiskFullException;
import io.walcast.postmaster.ExitCodes;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Model.CommandSpec;

/** Turns the end of a command into a message and an exit code. */
final class Outcome {
    private static final Logger logger = LoggerFactory.getLogger(Outcome.class);

    private final CommandSpec spec;

    Outcome(CommandSpec spec) {
        this.spec = spec;
    }

    /** What the command does. */
    @FunctionalInterface
    interface Work {
        void run() throws IOException;
    }

    /** Does it and returns the exit code. */
    int of(Work work) {
        try {
            work.run();
            return ExitCodes.OK;
        } catch (WalException e) {
            return fail(String.valueOf(e.getMessage()), ExitCodes.of(e));
        } catch (DiskFullException e) {
            return fail(String.valueOf(e.getMessage()), ExitCodes.TEMPORARY);
        } catch (FileAlreadyExistsException e) {
            return fail("file \"" + e.getFile() + "\" exists already", ExitCodes.USAGE);
        } catch (NoSuchFileException e) {
            return fail("could not open \"" + e.getFile() + "\": No such file or directory", ExitCodes.USAGE);
        } catch (AccessDeniedException e) {
            return fail("could not open \"" + e.getFile() + "\": Permission denied", ExitCodes.USAGE);
        } catch (IOException e) {
            return fail(String.valueOf(e.getMessage()), ExitCodes.STORAGE);
        } catch (RuntimeException e) { // a bug of ours: the log has the rest
            logger.error("internal error", e);
            return fail("internal error: " + e, ExitCodes.INTERNAL);
        }
    }

    private int fail(String text, int code) {
        PrintWriter err = spec.commandLine().getErr();
        err.println(spec.qualifiedName() + ": error: " + text);
        err.flush();
        return code;
    }
}
