// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** The version of this build. */
public final class WalcastVersion implements IVersionProvider {

    /** The PostgreSQL release whose programs' behaviour is followed; scripts compare it with the server's. */
    public static final String POSTGRESQL = "18.6";

    /** Returns the version of Walcast. */
    public static String walcast() {
        try (InputStream in = WalcastVersion.class.getResourceAsStream("version.properties")) {
            Properties properties = new Properties();
            properties.load(in);
            return properties.getProperty("version", "unknown");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String[] getVersion() {
        return new String[] {"walcast " + walcast()};
    }
}
