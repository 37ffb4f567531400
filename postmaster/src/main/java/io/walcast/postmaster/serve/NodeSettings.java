// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.serve;

import static java.util.Objects.requireNonNull;

import io.walcast.core.error.ConfigurationException;
import io.walcast.core.error.SqlState;
import io.walcast.guc.Settings;
import io.walcast.postmaster.NodeDirectory;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Where the settings of a node come from: {@code walcast.conf} in its home, over it what the command line says.
 *
 * @param file the file; it may be missing
 * @param overrides by name, from the command line
 */
public record NodeSettings(Path file, Map<String, String> overrides) {
    public NodeSettings {
        requireNonNull(file, "file");
        overrides = Map.copyOf(overrides);
    }

    /**
     * Returns the source for {@code node}.
     *
     * @param assignments what the command line says, each {@code NAME=VALUE}
     * @throws ConfigurationException if one of them has another form
     */
    public static NodeSettings of(NodeDirectory node, List<String> assignments) {
        Map<String, String> overrides = new LinkedHashMap<>();
        for (String assignment : assignments) {
            int equals = assignment.indexOf('=');
            if (equals <= 0) {
                throw new ConfigurationException("-c %s requires a value".formatted(assignment));
            }
            String name = assignment.substring(0, equals).strip().replace('-', '_');
            overrides.put(name, assignment.substring(equals + 1).strip());
        }
        return new NodeSettings(node.home().resolve(NodeDirectory.SETTINGS), overrides);
    }

    /**
     * Reads the file and returns all settings.
     *
     * @throws ConfigurationException if anything in it, or in the command line, cannot be used
     */
    public Settings read() {
        Settings settings = Settings.parse(text(), file.toString());
        for (Map.Entry<String, String> override : overrides.entrySet()) {
            settings = settings.withOption(override.getKey(), override.getValue());
        }
        return settings;
    }

    private String text() {
        try {
            return Files.readString(file);
        } catch (NoSuchFileException e) {
            return "";
        } catch (CharacterCodingException e) {
            throw new ConfigurationException("configuration file \"" + file + "\" is not in UTF-8");
        } catch (IOException e) {
            throw new ConfigurationException(
                    SqlState.UNDEFINED_FILE,
                    "could not open configuration file \"%s\": %s".formatted(file, e.getMessage()));
        }
    }
}
