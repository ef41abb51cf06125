-- Planned events and maintenance windows. The latest row of an ID wins; a removed event keeps a row.
CREATE TABLE IF NOT EXISTS alert_events
(
    id UUID,
    name String,
    brands Array(String) COMMENT 'all if empty',
    from DateTime64(3, 'UTC'),
    to DateTime64(3, 'UTC'),
    factor Float64 COMMENT 'up to this many times the usual volume is expected; 0: no alert starts',
    created_by String,
    removed Bool,
    at DateTime64(3, 'UTC')
)
ENGINE = ReplacingMergeTree(at)
ORDER BY id;
