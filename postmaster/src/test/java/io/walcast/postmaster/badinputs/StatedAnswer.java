// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.badinputs;

import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Compares an answer with what a case states: the SQLSTATE to the letter; the action by its beginning, because a stated
 * one may go on with what we cannot tell, or leave a choice; the message by what it is about, because some of the stated
 * ones are PostgreSQL's texts and some only describe them.
 */
final class StatedAnswer {
    /** Of more significant words than this, one in common with an answer does not tell that it is about the same. */
    private static final int FEW_WORDS = 3;

    private static final Pattern WORD = Pattern.compile("[A-Za-z_]{3,}");

    /** Messages that say how it is found out, or why it is right, and not what is said. */
    private static final Pattern DESCRIPTION =
            Pattern.compile("check fails|no allocation|checked before|refused$|^as |^e\\.g\\.|are not checked");

    private static final Set<String> SAYS_NOTHING = Set.of(
            "the", "for", "and", "not", "our", "its", "was", "has", "with", "from", "that", "this", "than", "does");

    private StatedAnswer() {}

    /** Returns how {@code answer} differs from what {@code input} states, or null if it does not. */
    static @Nullable String difference(BadInput input, Answer answer) {
        if (!sameAction(input.action(), answer.action())) {
            return "action: %s (expected: %s)".formatted(answer.action(), input.action());
        }
        boolean stateMayBeMissing =
                input.sqlState().isEmpty() || answer.action().equals("accept");
        if (!stateMayBeMissing && !input.sqlState().equals(answer.sqlState())) {
            return "SQLSTATE: '%s' (expected: %s)".formatted(answer.sqlState(), input.sqlState());
        }
        boolean silent = answer.action().equals("accept") || input.message().isEmpty();
        if (silent || DESCRIPTION.matcher(input.message()).find()) {
            return null;
        }
        return sameTopic(input.message(), answer.message())
                ? null
                : "message: '%s' (expected: about '%s')".formatted(answer.message(), input.message());
    }

    /** The stated action may say more than we can tell ("accept, skip"), or leave a choice ("accept or refuse file"). */
    private static boolean sameAction(String stated, String actual) {
        for (String choice : stated.split(" or | / ", -1)) {
            if (choice.startsWith(actual) || (!choice.isEmpty() && actual.startsWith(choice))) {
                return true;
            }
        }
        return false;
    }

    private static boolean sameTopic(String stated, String actual) {
        Set<String> wanted = words(stated);
        Set<String> found = words(actual);
        long common = wanted.stream().filter(found::contains).count();
        int needed = wanted.size() > FEW_WORDS ? 2 : Math.min(1, wanted.size());
        return common >= needed;
    }

    private static Set<String> words(String text) {
        Set<String> words = new LinkedHashSet<>();
        Matcher matcher = WORD.matcher(text);
        while (matcher.find()) {
            words.add(matcher.group().toLowerCase(Locale.ROOT));
        }
        words.removeAll(SAYS_NOTHING);
        return words;
    }
}
