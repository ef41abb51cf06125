-- Labels that people gave to posts of a random sample. Unlike corrections, they change no count. 'none' takes a label back.
CREATE TABLE IF NOT EXISTS calibration_labels
(
    minute DateTime('UTC') COMMENT 'of the post',
    brand LowCardinality(String) COMMENT 'whose sentiment is labeled; * is the whole post',
    platform LowCardinality(String),
    id String,
    label Enum8('none' = 0, 'negative' = 1, 'neutral' = 2, 'positive' = 3),
    labeled_by String,
    labeled_at DateTime64(6, 'UTC')
)
ENGINE = ReplacingMergeTree(labeled_at)
PARTITION BY toYYYYMM(minute)
ORDER BY (brand, minute, platform, id);

-- Lines from counted to calibrated net sentiment, level + slope * (counted - counted_level), in points.
CREATE TABLE IF NOT EXISTS calibrations
(
    brand LowCardinality(String),
    model_version LowCardinality(String),
    basis Enum8('labels' = 1, 'history' = 2),
    labels UInt32,
    window_from DateTime('UTC') COMMENT 'the posts of counted_level; both 0 if they were not stored ones',
    window_to DateTime('UTC'),
    level Float64,
    counted_level Float64,
    slope Float64,
    level_error Float64 COMMENT 'negative if unknown',
    slope_error Float64,
    removed Bool,
    created_by String,
    created_at DateTime64(6, 'UTC')
)
ENGINE = ReplacingMergeTree(created_at)
ORDER BY (brand, model_version, basis);
