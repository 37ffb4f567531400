// SPDX-License-Identifier: Apache-2.0
package io.walcast.auth;

import java.util.List;

/**
 * A rule of {@code pg_hba.conf} ({@code HbaLine}).
 *
 * @param number its line in the file
 * @param type which connections it is for
 * @param databases keywords and names of databases
 * @param users {@code all} and names of users
 * @param address which peers; not looked at for {@link Type#LOCAL}
 * @param decision what it asks for
 */
record HbaLine(
        int number,
        Type type,
        List<AuthToken> databases,
        List<AuthToken> users,
        HbaAddress address,
        AccessDecision decision) {

    /** Which connections a rule is for ({@code ConnType}). */
    enum Type {
        LOCAL,
        HOST,
        HOSTSSL,
        HOSTNOSSL,
        /** For connections under GSSAPI's protection, which none is. */
        HOSTGSSENC
    }

    /** Returns whether the rule is for {@code request}. */
    boolean fits(AccessRequest request) {
        return fitsConnection(request) && fitsDatabase(request) && fitsUser(request.user());
    }

    private boolean fitsConnection(AccessRequest request) {
        if (request.address() == null) {
            return type == Type.LOCAL;
        }
        boolean fits = switch (type) {
            case LOCAL, HOSTGSSENC -> false;
            case HOST -> true;
            case HOSTSSL -> request.encrypted();
            case HOSTNOSSL -> !request.encrypted();
        };
        return fits && address.contains(request.address());
    }

    private boolean fitsDatabase(AccessRequest request) {
        for (AuthToken word : databases) {
            String database = request.database();
            if (database == null) {
                if (word.isKeyword("replication")) { // a physical connection fits nothing else, not even "all"
                    return true;
                }
            } else if (word.isKeyword("all")
                    || (word.isKeyword("sameuser") && database.equals(request.user()))
                    || (!isDatabaseKeyword(word) && word.text().equals(database))) {
                return true;
            }
        }
        return false;
    }

    private static boolean isDatabaseKeyword(AuthToken word) {
        return word.isKeyword("replication") || word.isKeyword("sameuser");
    }

    private boolean fitsUser(String user) {
        return users.stream()
                .anyMatch(word -> word.isKeyword("all") || word.text().equals(user));
    }
}
