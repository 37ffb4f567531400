// SPDX-License-Identifier: Apache-2.0
package io.walcast.auth;

import io.walcast.auth.AccessDecision.ClientCertificate;
import io.walcast.core.error.ConfigurationException;
import io.walcast.core.error.SqlState;
import java.util.List;

/** The rules of a {@code pg_hba.conf}, in order. Immutable. */
final class PgHba {
    private static final AccessDecision NO_LINE =
            new AccessDecision(AuthMethod.REJECT, ClientCertificate.NOT_NEEDED, null, false, false);

    private final List<HbaLine> lines;

    private PgHba(List<HbaLine> lines) {
        this.lines = lines;
    }

    /**
     * Reads the rules.
     *
     * @param file the file's name, for errors
     * @throws ConfigurationException with file and line if one of them cannot be used, or if there is none
     */
    static PgHba parse(String text, String file) {
        List<HbaLine> lines = AuthLineReader.read(text, file).stream()
                .map(HbaLineParser::parse)
                .toList();
        if (lines.isEmpty()) {
            throw new ConfigurationException(
                    SqlState.CONFIG_FILE_ERROR, "configuration file \"" + file + "\" contains no entries");
        }
        return new PgHba(lines);
    }

    /** Returns what the first line that fits asks for; a refusal if none does. */
    AccessDecision decide(AccessRequest request) {
        for (HbaLine line : lines) {
            if (line.fits(request)) {
                return line.decision();
            }
        }
        return NO_LINE;
    }
}
