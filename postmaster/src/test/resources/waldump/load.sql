CREATE TABLE t (id serial PRIMARY KEY, a int, b text, c point, d int[], e tsvector)
CREATE INDEX ON t USING gin (d)
CREATE INDEX ON t USING gin (e) WITH (fastupdate = off)
CREATE INDEX ON t USING gist (c)
CREATE INDEX ON t USING brin (a) WITH (pages_per_range = 2)
CREATE INDEX ON t USING hash (a)
CREATE INDEX ON t USING spgist (c)
CREATE INDEX ON t USING spgist (b)
CREATE INDEX ON t (b)
INSERT INTO t (a, b, c, d, e) SELECT i, md5(i::text), point(i * 7 % 100, i * 13 % 101), ARRAY[i, i + 1, i % 7], to_tsvector('simple', 'w' || i % 9) FROM generate_series(1, 2500) i
CHECKPOINT
UPDATE t SET a = a + 1 WHERE id % 3 = 0
DELETE FROM t WHERE id % 5 = 0
VACUUM t
VACUUM (FREEZE) t
INSERT INTO t (a, b, c, d) SELECT i, repeat(md5(i::text), 20), point(i, i), ARRAY[i] FROM generate_series(1, 40) i
SELECT brin_desummarize_range(indexrelid::regclass, 0) FROM pg_index JOIN pg_class c ON c.oid = indexrelid JOIN pg_am m ON m.oid = relam WHERE amname = 'brin'
DELETE FROM t WHERE id < 1500
VACUUM t
INSERT INTO t (a, b, c, d, e) SELECT i, md5(i::text), point(i * 7 % 100, i * 13 % 101), ARRAY[i, i + 1], to_tsvector('simple', 'w' || i % 9) FROM generate_series(1, 1500) i
CREATE TABLE wide (x text)
ALTER TABLE wide ALTER x SET STORAGE EXTERNAL
INSERT INTO wide SELECT repeat(md5(i::text), 300) FROM generate_series(1, 10) i
CREATE SEQUENCE s
SELECT nextval('s') FROM generate_series(1, 100)
BEGIN; INSERT INTO wide VALUES ('a'); SAVEPOINT x; INSERT INTO wide VALUES ('b'); SAVEPOINT y; INSERT INTO wide VALUES ('c'); PREPARE TRANSACTION 'first name'
COMMIT PREPARED 'first name'
BEGIN; CREATE TABLE made (x int); DROP TABLE wide; PREPARE TRANSACTION 'second'
ROLLBACK PREPARED 'second'
BEGIN; INSERT INTO t (a) VALUES (1); ROLLBACK
BEGIN; CREATE TABLE given_up (x int PRIMARY KEY); ROLLBACK
TRUNCATE t RESTART IDENTITY CASCADE
CREATE TABLE t2 AS SELECT i AS a, i AS b FROM generate_series(1, 1500) i
CREATE INDEX t2_a ON t2 (a)
CLUSTER t2 USING t2_a
VACUUM FULL t2
VACUUM FULL pg_class
SELECT pg_create_restore_point('a place to go back to')
SELECT pg_logical_emit_message(true, 'prefix', 'content')
SELECT pg_logical_emit_message(false, 'prefix', 'more')
CREATE DATABASE logged
BEGIN; SELECT * FROM t2 WHERE a < 10 FOR UPDATE; COMMIT
BEGIN; SELECT * FROM t2 WHERE a < 10 FOR SHARE; SAVEPOINT z; UPDATE t2 SET b = 1 WHERE a < 5; COMMIT
CREATE TABLE once (a int PRIMARY KEY)
INSERT INTO once VALUES (1) ON CONFLICT DO NOTHING
BEGIN; LOCK TABLE once IN ACCESS EXCLUSIVE MODE; COMMIT
CREATE TABLE t3 (a int, b int)
ALTER TABLE t3 ADD PRIMARY KEY (a)
CREATE INDEX ON t3 (b)
INSERT INTO t3 SELECT i, i % 10 FROM generate_series(1, 8000) i
DELETE FROM t3 WHERE a BETWEEN 200 AND 7800
VACUUM t3
VACUUM t3
INSERT INTO t3 SELECT i, i % 10 FROM generate_series(20001, 24000) i
VACUUM t3
DO $$ BEGIN FOR i IN 1..100 LOOP INSERT INTO t3 VALUES (100000 + i, i % 10); END LOOP; END $$
DO $$ BEGIN FOR i IN 1..80 LOOP BEGIN INSERT INTO t3 VALUES (200000 + i, i); EXCEPTION WHEN others THEN NULL; END; END LOOP; END $$
SELECT pg_replication_origin_create('elsewhere')
SELECT pg_replication_origin_session_setup('elsewhere')
BEGIN; SELECT pg_replication_origin_xact_setup('0/1234', '2020-01-01'); INSERT INTO t3 VALUES (-1, 1); COMMIT
BEGIN; SELECT pg_replication_origin_xact_setup('0/1235', '2020-01-02'); INSERT INTO t3 VALUES (-2, 1); PREPARE TRANSACTION 'from elsewhere'
COMMIT PREPARED 'from elsewhere'
SELECT pg_replication_origin_session_reset()
SELECT pg_replication_origin_advance('elsewhere', '0/5678')
SELECT pg_replication_origin_drop('elsewhere')
SET synchronous_commit = remote_apply
INSERT INTO t3 VALUES (-3, 3)
SET wal_compression = on
CHECKPOINT
UPDATE t2 SET b = b + 1
SET wal_consistency_checking = 'heap,btree,gin,gist,spgist,hash,brin'
UPDATE t2 SET b = b + 1 WHERE a < 20
INSERT INTO t (a, b, c, d) SELECT i, md5(i::text), point(i, i), ARRAY[i] FROM generate_series(1, 50) i
RESET wal_consistency_checking
VACUUM pg_class
ANALYZE
ALTER SYSTEM SET full_page_writes = off
SELECT pg_reload_conf()
SELECT pg_switch_wal()
INSERT INTO t3 VALUES (-4, 3)
