// SPDX-License-Identifier: Apache-2.0
package io.walcast.guc;

import static java.util.Objects.requireNonNull;

import io.walcast.core.error.ConfigurationException;
import io.walcast.core.error.ServerErrorException;
import io.walcast.core.error.SqlState;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The value of every setting at one moment: the node's own, or those of one session. Names, defaults, units and printing
 * are PostgreSQL's. Immutable: a change makes another one.
 */
public final class Settings {
    /** Every setting at its default. */
    public static final Settings DEFAULTS = defaults();

    /** The name of the settings file in a node's home. */
    public static final String FILE_NAME = "walcast.conf";

    private static final int NEWEST_MAJOR = 18;
    private static final String IDENTIFIER = "[A-Za-z_\\x{80}-\\x{10FFFF}][\\w$\\x{80}-\\x{10FFFF}]*+";
    private static final Pattern CUSTOM_NAME = Pattern.compile(IDENTIFIER + "(?:\\." + IDENTIFIER + ")++");

    /** By name in lower case. */
    private final Map<String, SettingValue> values;

    /** Names as they were given of settings that only an extension or a session knows ({@code a.b}). */
    private final Map<String, String> customNames;

    private Settings(Map<String, SettingValue> values, Map<String, String> customNames) {
        this.values = values;
        this.customNames = customNames;
    }

    private static Settings defaults() {
        Map<String, SettingValue> values = new HashMap<>();
        for (Setting setting : SettingTable.all()) {
            values.put(SettingTable.key(setting.name()), setting.read(setting.preset(), NEWEST_MAJOR));
        }
        return new Settings(values, Map.of());
    }

    /**
     * Returns the defaults, changed by a settings file. Where a name comes twice the last one counts. A name with a dot, which
     * nobody here knows, is kept for whom its first part names.
     *
     * @param text the file's content, in the syntax of {@code postgresql.conf}
     * @param file its name, for errors
     * @throws ConfigurationException with file and line if anything in it cannot be used
     */
    public static Settings parse(String text, String file) {
        Settings settings = DEFAULTS;
        for (ConfigFile.Entry entry : ConfigFile.parse(text, file)) {
            try {
                settings = settings.withStated(entry.name(), entry.value(), NEWEST_MAJOR);
            } catch (InvalidSettingException e) {
                throw e.toOperator(file + ", line " + entry.line() + ": ");
            }
        }
        return settings;
    }

    /**
     * Returns the same with one setting changed by the node itself, a preset such as {@code wal_segment_size} that
     * tells what is, too.
     *
     * @throws ConfigurationException if the name is unknown or the value does not fit
     */
    public Settings with(String name, String value) {
        try {
            Setting setting = known(name);
            return with(setting, setting.read(value, majorVersion()));
        } catch (InvalidSettingException e) {
            throw e.toOperator("");
        }
    }

    /**
     * Returns the same with one setting changed by who starts the node, on the command line.
     *
     * @throws ConfigurationException if the name is unknown, the value does not fit, or it tells what is and cannot be set
     */
    public Settings withOption(String name, String value) {
        try {
            return withStated(name, value, majorVersion());
        } catch (InvalidSettingException e) {
            throw e.toOperator("");
        }
    }

    /** Returns the same with what the operator says of one setting. */
    private Settings withStated(String name, String value, int major) {
        Setting setting = SettingTable.find(name);
        if (setting == null) {
            return withCustom(name, value);
        }
        requireInFile(setting);
        return with(setting, setting.read(value, major));
    }

    /**
     * Returns what a session that asks for {@code value} has instead.
     *
     * @throws ServerErrorException of severity FATAL, as PostgreSQL words it, if a session may not set that, or not so
     */
    public Settings withOverride(String name, String value) {
        requireNonNull(value, "value");
        try {
            Setting setting = SettingTable.find(name);
            if (setting == null) {
                return withCustom(name, value);
            }
            setting.context().requireSession(setting.name());
            return with(setting, setting.read(value, majorVersion()));
        } catch (InvalidSettingException e) {
            throw e.toClient("FATAL");
        }
    }

    /**
     * Returns what a session has instead that began with {@code overrides}, in their order.
     *
     * @throws ServerErrorException as {@link #withOverride} does
     */
    public Settings withOverrides(Map<String, String> overrides) {
        Settings settings = this;
        for (Map.Entry<String, String> override : overrides.entrySet()) {
            settings = settings.withOverride(override.getKey(), override.getValue());
        }
        return settings;
    }

    /**
     * Returns what a server has that serves WAL of {@code major} with segments of {@code segmentBytes}:
     * {@code server_version} is {@code MAJOR.0} unless it was set, and {@code server_version_num} follows from it.
     */
    public Settings serving(int major, int segmentBytes) {
        String version = text("server_version").isEmpty() ? major + ".0" : text("server_version");
        String[] parts = version.split(" ", 2)[0].split("\\.", 2);
        int minor = parts.length > 1 ? Integer.parseInt(parts[1]) : 0;
        return with("server_version", version)
                .with("server_version_num", Integer.toString(Integer.parseInt(parts[0]) * 10_000 + minor))
                .with("wal_segment_size", Integer.toString(segmentBytes));
    }

    /**
     * Returns what to use after the settings file has been read again: {@code next}, except that what can only be set at
     * start stays as it is here.
     */
    public Settings reloaded(Settings next) {
        Map<String, SettingValue> changed = new HashMap<>(next.values);
        for (Setting setting : SettingTable.all()) {
            if (!isReloadable(setting)) {
                String key = SettingTable.key(setting.name());
                changed.put(key, value(key));
            }
        }
        return new Settings(changed, next.customNames);
    }

    /**
     * Returns the names of the settings that differ in {@code next} but need a restart, for the warning
     * {@code parameter "x" cannot be changed without restarting the server}.
     */
    public List<String> needRestart(Settings next) {
        List<String> names = new ArrayList<>();
        for (Setting setting : SettingTable.all()) {
            String key = SettingTable.key(setting.name());
            boolean fixed = setting.context() == SettingContext.POSTMASTER;
            if (fixed && !value(key).equals(next.value(key))) {
                names.add(setting.name());
            }
        }
        return names;
    }

    /** Returns the names of the settings that have another value in {@code other}, or that only one of both has. */
    public List<String> differences(Settings other) {
        List<String> names = new ArrayList<>();
        for (Setting setting : SettingTable.all()) {
            String key = SettingTable.key(setting.name());
            if (!value(key).equals(other.value(key))) {
                names.add(setting.name());
            }
        }
        Map<String, String> custom = new TreeMap<>(other.customNames);
        custom.putAll(customNames);
        custom.forEach((key, name) -> {
            if (!Objects.equals(values.get(key), other.values.get(key))) {
                names.add(name);
            }
        });
        return names;
    }

    /**
     * Returns the settings of the extension {@code prefix}, those named {@code prefix.parameter}, by the parameter in lower
     * case.
     */
    public Map<String, String> custom(String prefix) {
        String start = SettingTable.key(prefix) + ".";
        Map<String, String> own = new TreeMap<>();
        for (String key : customNames.keySet()) {
            if (key.startsWith(start)) {
                own.put(key.substring(start.length()), value(key).shown());
            }
        }
        return own;
    }

    private static boolean isReloadable(Setting setting) {
        return switch (setting.context()) {
            case INTERNAL, SERVED, POSTMASTER -> false;
            case SIGHUP, SUPERUSER, SESSION -> true;
        };
    }

    /** Returns whether there is a setting of that name. */
    public boolean has(String name) {
        return values.containsKey(SettingTable.key(name));
    }

    /**
     * Returns the value as {@code SHOW} prints it.
     *
     * @throws ServerErrorException 42704 if there is no such setting
     */
    public String show(String name) {
        SettingValue value = values.get(SettingTable.key(name));
        if (value == null) {
            throw InvalidSettingException.unknown(name).toClient("ERROR");
        }
        return value.shown();
    }

    /**
     * Returns the name with PostgreSQL's capitals, the column's name in the answer to {@code SHOW}.
     *
     * @throws ServerErrorException 42704 if there is no such setting
     */
    public String canonicalName(String name) {
        Setting setting = SettingTable.find(name);
        String known = setting != null ? setting.name() : customNames.get(SettingTable.key(name));
        if (known == null) {
            throw InvalidSettingException.unknown(name).toClient("ERROR");
        }
        return known;
    }

    /** Returns the value of a setting that is text or one of several words. */
    public String text(String name) {
        return value(SettingTable.key(name)).shown();
    }

    /** Returns whether a setting is on. */
    public boolean bool(String name) {
        return value(typed(name, Setting.Type.BOOL)).number() != 0;
    }

    /** Returns the value of a setting that is a number, in the setting's own unit. */
    public int integer(String name) {
        return (int) value(typed(name, Setting.Type.INTEGER)).number();
    }

    /** Returns the value of a setting that is a time; what a negative or zero one means is the setting's own. */
    public Duration duration(String name) {
        int number = integer(name);
        return Duration.of(number * requireUnit(name, known(name).unit().micros()), ChronoUnit.MICROS);
    }

    /** Returns the value of a setting that is a size, in bytes; -1 where it is -1, which means no limit. */
    public long bytes(String name) {
        int number = integer(name);
        long unitBytes = requireUnit(name, known(name).unit().bytes());
        return number < 0 ? number : number * unitBytes;
    }

    /** Returns the value of a setting that is a size, in megabytes of 1024 kB; -1 where it is -1, which means no limit. */
    public long megabytes(String name) {
        long bytes = bytes(name);
        return bytes < 0 ? bytes : bytes >> 20;
    }

    /** Returns the major version by whose rules values are read and refused. */
    public int majorVersion() {
        long number = value("server_version_num").number();
        return number == 0 ? NEWEST_MAJOR : (int) (number / 10_000);
    }

    /**
     * Returns what to report to a client at the start of its session ({@code ParameterStatus}), by name with PostgreSQL's
     * capitals, in the order in which a PostgreSQL of this version sends it.
     */
    public Map<String, String> reported() {
        Map<String, String> reported = new LinkedHashMap<>();
        for (String name : ReportedSettings.names(majorVersion())) {
            reported.put(name, text(name));
        }
        return reported;
    }

    private Settings with(Setting setting, SettingValue value) {
        Map<String, SettingValue> changed = new HashMap<>(values);
        changed.put(SettingTable.key(setting.name()), value);
        return new Settings(changed, customNames);
    }

    private Settings withCustom(String name, String value) {
        if (!name.contains(".")) {
            throw InvalidSettingException.unknown(name);
        }
        if (!CUSTOM_NAME.matcher(name).matches()) {
            throw new InvalidSettingException(
                    SqlState.INVALID_NAME,
                    "invalid configuration parameter name \"" + name + "\"",
                    "Custom parameter names must be two or more simple identifiers separated by dots.",
                    null);
        }
        Map<String, SettingValue> changed = new HashMap<>(values);
        Map<String, String> names = new HashMap<>(customNames);
        changed.put(SettingTable.key(name), SettingValue.text(value));
        names.putIfAbsent(SettingTable.key(name), name);
        return new Settings(changed, names);
    }

    private static Setting known(String name) {
        Setting setting = SettingTable.find(name);
        if (setting == null) {
            throw InvalidSettingException.unknown(name);
        }
        return setting;
    }

    private static void requireInFile(Setting setting) {
        if (!setting.context().isInFile()) {
            setting.context().requireSession(setting.name());
        }
    }

    private SettingValue value(String key) {
        SettingValue value = values.get(key);
        if (value == null) {
            throw new IllegalArgumentException("name: '" + key + "' (expected: a known setting)");
        }
        return value;
    }

    private static String typed(String name, Setting.Type type) {
        Setting setting = known(name);
        if (setting.type() != type) {
            throw new IllegalArgumentException(
                    "%s: %s (expected: a setting of type %s)".formatted(name, setting.type(), type));
        }
        return SettingTable.key(name);
    }

    private static long requireUnit(String name, long factor) {
        if (factor == 0) {
            throw new IllegalArgumentException(name + ": (expected: a setting with such a unit)");
        }
        return factor;
    }
}
