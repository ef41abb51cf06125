-- The two users of feedpulse with the least privileges they need. Run this once as an administrator, after filling
-- in the two password hashes: printf '%s' "$PASSWORD" | sha256sum
-- The writer needs CREATE and ALTER privileges for `migrate`, which `run` calls, and ALTER DELETE for `erase`.

CREATE DATABASE IF NOT EXISTS feedpulse;

CREATE USER IF NOT EXISTS feedpulse IDENTIFIED WITH sha256_hash BY 'hash of the password';
GRANT SELECT, INSERT, CREATE TABLE, CREATE VIEW, ALTER ADD COLUMN, ALTER MODIFY COLUMN, ALTER RENAME COLUMN, ALTER ADD INDEX, ALTER MATERIALIZE INDEX, ALTER DELETE, ALTER TTL, ALTER SETTINGS, OPTIMIZE ON feedpulse.* TO feedpulse;
-- Tables and views that migrations rename, drop or replace, and the migration lock. The writer cannot drop posts or rollups.
GRANT DROP TABLE ON feedpulse.post_keys TO feedpulse;
GRANT DROP TABLE ON feedpulse.rollup_marks TO feedpulse;
GRANT DROP TABLE ON feedpulse.rollup_quarter TO feedpulse;
GRANT DROP TABLE ON feedpulse.rollup_history TO feedpulse;
GRANT DROP TABLE ON feedpulse.alert_changes TO feedpulse;
GRANT DROP TABLE ON feedpulse.alert_deliveries TO feedpulse;
GRANT DROP TABLE ON feedpulse.alert_notes TO feedpulse;
GRANT DROP TABLE ON feedpulse.alert_mutes TO feedpulse;
GRANT DROP TABLE ON feedpulse.schema_migration_lock TO feedpulse;
GRANT DROP VIEW ON feedpulse.judged_posts TO feedpulse;
GRANT DROP VIEW ON feedpulse.counted_posts TO feedpulse;
GRANT DROP VIEW ON feedpulse.effective_posts TO feedpulse;

-- With readonly = 1 the reader cannot change settings, so its limits are set here.
CREATE SETTINGS PROFILE IF NOT EXISTS feedpulse_reader SETTINGS
    max_execution_time = 20,
    max_memory_usage = 268435456,
    max_result_rows = 200000,
    max_threads = 2,
    do_not_merge_across_partitions_select_final = 1,
    allow_ddl = 0,
    allow_introspection_functions = 0,
    readonly = 1;
CREATE USER IF NOT EXISTS feedpulse_reader IDENTIFIED WITH sha256_hash BY 'hash of the password' SETTINGS PROFILE feedpulse_reader;
GRANT SELECT ON feedpulse.* TO feedpulse_reader;
