-- Sums of the squares of engagement weights over scored posts: how sure a weighted figure is. Until a row from before
-- is computed anew its posts count as if they all weighed the same.
ALTER TABLE rollup_minute
    ADD COLUMN IF NOT EXISTS weight_squares Float64
    DEFAULT if(negative + neutral + positive = 0, 0, pow(weight_negative + weight_neutral + weight_positive, 2) / (negative + neutral + positive))
    AFTER weight_unscored;

-- Takes the place of rollup_quarter. Questions are about a brand, so its quarter-hours lie together; a recomputation,
-- which is about a quarter-hour of all brands, finds them by small blocks. Hours, days, weeks and months are sums of these.
CREATE TABLE IF NOT EXISTS rollup_history
(
    quarter DateTime('UTC'),
    brand LowCardinality(String),
    platform LowCardinality(String),
    lang LowCardinality(String),
    negative UInt64,
    neutral UInt64,
    positive UInt64,
    unscored UInt64,
    score_sum Float64,
    score_squares Float64,
    weight_negative Float64 COMMENT 'weights are 1 + ln(1 + likes + reposts + replies)',
    weight_neutral Float64,
    weight_positive Float64,
    weight_unscored Float64,
    weight_squares Float64 DEFAULT if(negative + neutral + positive = 0, 0, pow(weight_negative + weight_neutral + weight_positive, 2) / (negative + neutral + positive)),
    weighted_score Float64,
    authors AggregateFunction(uniqCombined64(14), String),
    version DateTime64(6, 'UTC')
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY toYYYYMM(quarter)
ORDER BY (brand, quarter, platform, lang)
SETTINGS index_granularity = 1024;
INSERT INTO rollup_history
    (quarter, brand, platform, lang, negative, neutral, positive, unscored, score_sum, score_squares,
     weight_negative, weight_neutral, weight_positive, weight_unscored, weighted_score, authors, version)
SELECT quarter, brand, platform, lang, negative, neutral, positive, unscored, score_sum, score_squares,
    weight_negative, weight_neutral, weight_positive, weight_unscored, weighted_score, authors, version
FROM rollup_quarter FINAL;
