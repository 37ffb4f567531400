// SPDX-License-Identifier: Apache-2.0
package io.walcast.auth;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The rules that a node's files hold. Immutable. */
final class FileAccessRules implements AccessRules {
    private final PgHba hba;
    private final PgIdent maps;
    private final UsersFile users;
    private final MockVerifiers strangers;

    FileAccessRules(PgHba hba, PgIdent maps, UsersFile users, MockVerifiers strangers) {
        this.hba = hba;
        this.maps = maps;
        this.users = users;
        this.strangers = strangers;
    }

    @Override
    public AccessDecision decide(AccessRequest request) {
        return hba.decide(request);
    }

    @Override
    public ScramVerifier verifier(String user) {
        ScramVerifier madeUp = strangers.of(user); // for a known user too: both take as long
        UserEntry entry = users.find(user);
        return entry == null || entry.verifier() == null ? madeUp : entry.verifier();
    }

    @Override
    public boolean exists(String user) {
        return users.find(user) != null;
    }

    @Override
    public boolean mayReplicate(String user) {
        UserEntry entry = users.find(user);
        return entry != null && entry.replication();
    }

    @Override
    public boolean certificateFits(
            AccessDecision decision, String user, @Nullable String commonName, String distinguishedName) {
        String name = decision.wholeDn() ? distinguishedName : commonName;
        if (name == null || name.isEmpty()) {
            return false;
        }
        String map = decision.map();
        return (map == null || map.isEmpty()) ? name.equals(user) : maps.fits(map, name, user);
    }

    @Override
    public List<String> usersMapped(@Nullable String commonName, String distinguishedName) {
        List<String> users = new ArrayList<>();
        if (commonName != null && !commonName.isEmpty()) {
            users.addAll(maps.users(commonName));
        }
        users.addAll(maps.users(distinguishedName));
        return users;
    }
}
