-- Which minutes have changed, and up to which moment each grain has seen them. A minute is pending while
-- marked_at is later than the clock of its last recomputation. Finished minutes leave after an hour.
CREATE TABLE IF NOT EXISTS rollup_marks
(
    minute DateTime('UTC'),
    marked_at SimpleAggregateFunction(max, DateTime64(6, 'UTC')) DEFAULT now64(6),
    minute_done SimpleAggregateFunction(max, DateTime64(6, 'UTC')),
    quarter_done SimpleAggregateFunction(max, DateTime64(6, 'UTC'))
)
ENGINE = AggregatingMergeTree
ORDER BY minute
TTL toDateTime(greatest(minute_done, quarter_done)) + INTERVAL 1 HOUR DELETE WHERE marked_at <= least(minute_done, quarter_done);

-- Figures by minute and brand; brand * is every post. Rows are replaced whole: the highest version wins.
CREATE TABLE IF NOT EXISTS rollup_minute
(
    minute DateTime('UTC'),
    brand LowCardinality(String),
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
    weighted_score Float64,
    authors AggregateFunction(uniqCombined64(14), String),
    version DateTime64(6, 'UTC') COMMENT 'the server clock before the raw rows were read'
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY toDate(minute)
ORDER BY (minute, brand)
TTL minute + INTERVAL 30 DAY
SETTINGS ttl_only_drop_parts = 1;

-- The same by quarter-hour, brand, platform and language; kept. Hours, days and weeks are sums of these.
CREATE TABLE IF NOT EXISTS rollup_quarter
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
    weight_negative Float64,
    weight_neutral Float64,
    weight_positive Float64,
    weight_unscored Float64,
    weighted_score Float64,
    authors AggregateFunction(uniqCombined64(14), String),
    version DateTime64(6, 'UTC')
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY toYYYYMM(quarter)
ORDER BY (quarter, brand, platform, lang);
