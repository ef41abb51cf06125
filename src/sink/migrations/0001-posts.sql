-- The moment each post was first seen to be created. Never updated: the row inserted first keeps winning,
-- by the block number that the engine gives out when it commits a part. Blocks are small because lookups
-- are by scattered keys.
CREATE TABLE IF NOT EXISTS post_keys
(
    platform LowCardinality(String),
    id String,
    created_at DateTime64(3, 'UTC')
)
ENGINE = MergeTree
ORDER BY (id, platform)
SETTINGS index_granularity = 256, enable_block_number_column = 1;

-- One row a post, its newest version with the active score. A deleted post stays as a tombstone, so that a
-- late copy of it cannot come back to life.
CREATE TABLE IF NOT EXISTS posts
(
    created_at DateTime64(3, 'UTC'),
    minute DateTime('UTC') MATERIALIZED toStartOfMinute(created_at),
    platform LowCardinality(String),
    id String,
    version UInt64 COMMENT 'milliseconds of updated_at, doubled, plus one for a deletion: a deletion wins a tie',
    updated_at DateTime64(3, 'UTC'),
    deleted Bool,
    text String CODEC(ZSTD(1)),
    lang LowCardinality(String),
    author_id String,
    author_handle String,
    author_name String,
    author_followers UInt64,
    url String CODEC(ZSTD(1)),
    likes UInt64,
    reposts UInt64,
    replies UInt64,
    in_reply_to String,
    brands Array(LowCardinality(String)),
    brands_hash LowCardinality(String),
    label Enum8('negative' = 1, 'neutral' = 2, 'positive' = 3, 'unscored' = 4),
    negative Float32,
    neutral Float32,
    positive Float32,
    score Float32 COMMENT 'P(positive) - P(negative)',
    confidence Float32,
    model_version LowCardinality(String),
    scored_at DateTime64(3, 'UTC'),
    truncated Bool,
    topic LowCardinality(String),
    partition UInt32,
    offset UInt64
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY toYYYYMM(minute)
ORDER BY (minute, platform, id);

-- What other model versions say of the same posts. Volume is never counted here.
CREATE TABLE IF NOT EXISTS scores
(
    created_at DateTime64(3, 'UTC'),
    minute DateTime('UTC') MATERIALIZED toStartOfMinute(created_at),
    platform LowCardinality(String),
    id String,
    model_version LowCardinality(String),
    version UInt64,
    label Enum8('negative' = 1, 'neutral' = 2, 'positive' = 3, 'unscored' = 4),
    negative Float32,
    neutral Float32,
    positive Float32,
    score Float32,
    confidence Float32,
    scored_at DateTime64(3, 'UTC'),
    truncated Bool
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY toYYYYMM(minute)
ORDER BY (minute, platform, id, model_version);
