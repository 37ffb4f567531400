// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.wal;

/**
 * Which relation's files a block belongs to; {@code RelFileNode} before PostgreSQL 16. All to be read as unsigned.
 *
 * @param tablespace OID of the tablespace
 * @param database OID of the database, 0 for shared relations
 * @param relation number of the relation's files
 */
public record RelFileLocator(int tablespace, int database, int relation) {
    @Override
    public String toString() {
        return "%s/%s/%s"
                .formatted(
                        Integer.toUnsignedString(tablespace),
                        Integer.toUnsignedString(database),
                        Integer.toUnsignedString(relation));
    }
}
