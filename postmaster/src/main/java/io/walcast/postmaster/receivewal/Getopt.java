// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.receivewal;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads a command line by the rules of {@code getopt_long}: bundled short options, arguments attached or apart, unique
 * prefixes of long names, operands anywhere, {@code --} before the rest. Its complaints are worded as glibc's.
 *
 * <p>Threading: one caller.
 *
 * @param <K> what names an option to the caller
 */
public final class Getopt<K> {
    private final String argv0;
    private final List<Option<K>> older;
    private final List<Option<K>> options;
    private final Deque<String> left;
    private final List<String> operands = new ArrayList<>();

    // A bundle of short options, and how much of it has been read: all of it between bundles.
    private String bundle = "";
    private int bundleAt;

    /**
     * An option that may be given.
     *
     * @param key what names it to the caller
     * @param longName without the dashes
     * @param shortName one character, or 0 for none
     * @param takesArgument whether an argument must follow
     * @param mayTakeArgument whether one may follow the long name, after an equals sign
     */
    public record Option<K>(K key, String longName, char shortName, boolean takesArgument, boolean mayTakeArgument) {

        /** An option that always takes an argument, or never does. */
        public Option(K key, String longName, char shortName, boolean takesArgument) {
            this(key, longName, shortName, takesArgument, false);
        }
    }

    /**
     * An option that was given.
     *
     * @param key which one
     * @param argument its argument, null exactly if it has none
     */
    public record Found<K>(K key, @Nullable String argument) {}

    /**
     * Makes a reader of one command line.
     *
     * @param argv0 what stands before complaints
     * @param options what may be given
     * @param arguments the command line
     */
    public Getopt(String argv0, List<Option<K>> options, List<String> arguments) {
        this(argv0, options, List.of(), arguments);
    }

    /**
     * Makes a reader of one command line of a program that has options added to those it had.
     *
     * @param argv0 what stands before complaints
     * @param options what could always be given
     * @param additions what may be given as well; where the beginning of a long name fits both, the older one is meant
     * @param arguments the command line
     */
    public Getopt(String argv0, List<Option<K>> options, List<Option<K>> additions, List<String> arguments) {
        this.argv0 = argv0;
        this.older = List.copyOf(options);
        this.options = Stream.concat(options.stream(), additions.stream()).toList();
        this.left = new ArrayDeque<>(arguments);
    }

    /**
     * Returns the next option, or null after the last.
     *
     * @throws UsageException if what follows is no option, an ambiguous one, or lacks its argument or has one too many
     */
    public @Nullable Found<K> next() {
        while (bundleAt == bundle.length()) {
            String word = left.poll();
            if (word == null) {
                return null;
            }
            if (word.equals("--")) {
                operands.addAll(left);
                left.clear();
            } else if (word.startsWith("--")) {
                return longOption(word.substring(2));
            } else if (word.length() > 1 && word.charAt(0) == '-') {
                bundle = word;
                bundleAt = 1;
            } else {
                operands.add(word);
            }
        }
        return shortOption();
    }

    /** Returns what was neither option nor argument, in order; complete after {@link #next} returned null. */
    public List<String> operands() {
        return List.copyOf(operands);
    }

    private Found<K> shortOption() {
        char name = bundle.charAt(bundleAt);
        bundleAt++;
        for (Option<K> option : options) {
            if (option.shortName() != name || name == 0) {
                continue;
            }
            if (!option.takesArgument()) {
                return new Found<>(option.key(), null);
            }
            String argument = bundleAt == bundle.length() ? left.poll() : bundle.substring(bundleAt);
            bundleAt = bundle.length();
            if (argument == null) {
                throw complaint("option requires an argument -- '" + name + "'");
            }
            return new Found<>(option.key(), argument);
        }
        bundleAt = bundle.length();
        throw complaint("invalid option -- '" + name + "'");
    }

    private Found<K> longOption(String word) {
        int equals = word.indexOf('=');
        String name = equals < 0 ? word : word.substring(0, equals);
        Option<K> option = longOptionNamed(name, word);
        if (equals < 0 && option.mayTakeArgument()) {
            return new Found<>(option.key(), null);
        }
        if (!option.takesArgument() && !option.mayTakeArgument()) {
            if (equals >= 0) {
                throw complaint("option '--" + option.longName() + "' doesn't allow an argument");
            }
            return new Found<>(option.key(), null);
        }
        String argument = equals < 0 ? left.poll() : word.substring(equals + 1);
        if (argument == null) {
            throw complaint("option '--" + option.longName() + "' requires an argument");
        }
        return new Found<>(option.key(), argument);
    }

    private Option<K> longOptionNamed(String name, String word) {
        List<Option<K>> candidates = new ArrayList<>();
        for (Option<K> option : options) {
            if (option.longName().equals(name)) {
                return option;
            }
            if (option.longName().startsWith(name)) {
                candidates.add(option);
            }
        }
        if (candidates.stream().anyMatch(older::contains)) {
            candidates.retainAll(older);
        }
        if (candidates.isEmpty()) {
            throw complaint("unrecognized option '--" + word + "'");
        }
        if (candidates.size() > 1) {
            StringBuilder possibilities = new StringBuilder();
            candidates.forEach(
                    o -> possibilities.append(" '--").append(o.longName()).append('\''));
            throw complaint("option '--" + word + "' is ambiguous; possibilities:" + possibilities);
        }
        return candidates.get(0);
    }

    private UsageException complaint(String text) {
        return new UsageException(UsageException.Form.GETOPT, argv0 + ": " + text);
    }
}
