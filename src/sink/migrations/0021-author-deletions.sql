-- Authors who were deleted with all of their posts. A post that arrives later than the deletion is deleted as well.
CREATE TABLE IF NOT EXISTS author_deletions
(
    platform LowCardinality(String),
    author String,
    deleted_at DateTime64(3, 'UTC') COMMENT 'by the clock of the platform',
    recorded_at DateTime('UTC') DEFAULT now()
)
ENGINE = ReplacingMergeTree(deleted_at)
ORDER BY (author, platform)
TTL recorded_at + INTERVAL 30 DAY
SETTINGS index_granularity = 256;
