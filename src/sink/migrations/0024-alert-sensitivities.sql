-- Thresholds that people set for a rule and a brand. The latest row wins; a removed one keeps a row.
CREATE TABLE IF NOT EXISTS alert_sensitivities
(
    rule String,
    brand String,
    threshold Float64 COMMENT 'of rarity',
    created_by String,
    removed Bool,
    at DateTime64(3, 'UTC')
)
ENGINE = ReplacingMergeTree(at)
ORDER BY (rule, brand);

-- Minutes in which an alert might start at some sensitivity: few, so that they can be kept longer than all evaluations.
CREATE TABLE IF NOT EXISTS alert_candidates
(
    rule LowCardinality(String),
    brand LowCardinality(String),
    minute DateTime('UTC') COMMENT 'end of the windows' CODEC(DoubleDelta, LZ4),
    live UInt8 COMMENT '0 if evaluated afterwards, from history',
    rarity Float32 COMMENT 'of the rarest window',
    usual_peak Float32 COMMENT 'rarity that the brand itself reaches every few days',
    relevant Bool COMMENT 'the change is as large as the rule asks for',
    quiet Bool,
    silenced Bool
)
ENGINE = ReplacingMergeTree(live)
PARTITION BY toMonday(minute)
ORDER BY (rule, brand, minute)
TTL minute + INTERVAL 92 DAY
SETTINGS ttl_only_drop_parts = 1;
