-- What each rule saw of each brand, minute by minute. A repeated insert is harmless; evaluations made live win over later ones.
CREATE TABLE IF NOT EXISTS alert_evaluations
(
    rule LowCardinality(String),
    brand LowCardinality(String),
    minute DateTime('UTC') COMMENT 'end of the window' CODEC(DoubleDelta, LZ4),
    live UInt8 COMMENT '0 if evaluated afterwards, from history',
    anomalous Bool COMMENT 'an alert was active, or would have been without a silence',
    score Float32 COMMENT 'anomaly score, 0 to 1',
    metric LowCardinality(String),
    direction Enum8('down' = -1, 'up' = 1),
    window_seconds UInt32,
    observed Float32 COMMENT 'posts, or points of net sentiment',
    expected Float32,
    low Float32,
    high Float32,
    z Float32,
    posts UInt64
)
ENGINE = ReplacingMergeTree(live)
PARTITION BY toDate(minute)
ORDER BY (rule, brand, minute)
TTL minute + INTERVAL 30 DAY
SETTINGS ttl_only_drop_parts = 1;
