-- How far behind the clock each part of the feed is, told by whoever reads it: alerts wait for the slowest.
CREATE TABLE IF NOT EXISTS feed_progress
(
    topic LowCardinality(String),
    partition Int32,
    at DateTime64(3, 'UTC'),
    delay UInt64 COMMENT 'ms from when the most recent of its posts were written until they were stored'
)
ENGINE = ReplacingMergeTree(at)
ORDER BY (topic, partition)
TTL toDateTime(at) + INTERVAL 1 DAY;
