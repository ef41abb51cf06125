-- Other IDs of a post, on platforms that give every edit an ID of its own: a deletion may name any of them.
CREATE TABLE IF NOT EXISTS post_aliases
(
    platform LowCardinality(String),
    alias String,
    id String COMMENT 'of the post in posts',
    created_at DateTime64(3, 'UTC') COMMENT 'of the post, for the retention'
)
ENGINE = ReplacingMergeTree
ORDER BY (alias, platform, id)
SETTINGS index_granularity = 256;
