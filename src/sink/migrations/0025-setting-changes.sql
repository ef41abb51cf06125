-- Settings that are changed while feedpulse runs, such as brands. Rows are only added: the latest of a kind and a name is in
-- force, and all of them together are the audit log.
CREATE TABLE IF NOT EXISTS setting_changes
(
    kind LowCardinality(String) COMMENT 'brand',
    name String,
    value String COMMENT 'JSON, as in the config; empty if it was removed',
    changed_by String,
    changed_at DateTime64(3, 'UTC')
)
ENGINE = MergeTree
ORDER BY (kind, name, changed_at);
