-- Renames tables and columns to the words used elsewhere. The views go first: without them a process of the previous
-- version cannot compute a rollup from renamed columns. Tables that only a copy can rename are dropped by 0012, so
-- that this file can run again after a crash.
DROP VIEW IF EXISTS judged_posts;
DROP VIEW IF EXISTS counted_posts;

RENAME TABLE IF EXISTS post_keys TO post_first_seen;

RENAME TABLE IF EXISTS rollup_marks TO rollup_dirty_minutes;
ALTER TABLE rollup_dirty_minutes
    RENAME COLUMN IF EXISTS minute_done TO rollup_minute_done,
    RENAME COLUMN IF EXISTS quarter_done TO rollup_15m_done;

ALTER TABLE posts
    RENAME COLUMN IF EXISTS towards_brands TO brand_sentiment_brands,
    RENAME COLUMN IF EXISTS towards_labels TO brand_sentiment_labels,
    RENAME COLUMN IF EXISTS towards_negative TO brand_sentiment_negative,
    RENAME COLUMN IF EXISTS towards_positive TO brand_sentiment_positive;
ALTER TABLE scores
    RENAME COLUMN IF EXISTS towards_brands TO brand_sentiment_brands,
    RENAME COLUMN IF EXISTS towards_labels TO brand_sentiment_labels,
    RENAME COLUMN IF EXISTS towards_negative TO brand_sentiment_negative,
    RENAME COLUMN IF EXISTS towards_positive TO brand_sentiment_positive;

-- One row per post with the label and score that count: those of its correction (-1, 0 or 1) if it has one, else the
-- model's. A correction applies to the whole post, so a corrected post has no brand sentiment of its own.
CREATE VIEW IF NOT EXISTS effective_posts AS
SELECT
    p.minute AS minute,
    p.* EXCEPT (label, score, brand_sentiment_brands, brand_sentiment_labels, brand_sentiment_negative, brand_sentiment_positive),
    toString(p.label) AS model_label,
    p.score AS model_score,
    if(c.correction = 'none', toString(p.label), toString(c.correction)) AS label,
    if(c.correction = 'none', p.score, toFloat32(toInt8(c.correction) - 2)) AS score,
    if(c.correction = 'none', CAST(p.brand_sentiment_brands, 'Array(String)'), []) AS brand_sentiment_brands,
    if(c.correction = 'none', CAST(p.brand_sentiment_labels, 'Array(String)'), []) AS brand_sentiment_labels,
    if(c.correction = 'none', p.brand_sentiment_negative, []) AS brand_sentiment_negative,
    if(c.correction = 'none', p.brand_sentiment_positive, []) AS brand_sentiment_positive,
    toString(c.correction) AS correction,
    c.corrected_by AS corrected_by,
    c.reason AS correction_reason,
    c.corrected_at AS corrected_at
FROM posts AS p FINAL
LEFT JOIN (SELECT * FROM corrections FINAL) AS c ON c.minute = p.minute AND c.platform = p.platform AND c.id = p.id;

-- Replaces rollup_history, whose column quarter is part of its sorting key and cannot be renamed in place.
CREATE TABLE IF NOT EXISTS rollup_15m
(
    bucket DateTime('UTC') COMMENT 'start of the 15 minutes',
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
    weight_squares Float64 COMMENT 'sum of squared weights over scored posts',
    weighted_score Float64,
    authors AggregateFunction(uniqCombined64(14), String),
    version DateTime64(6, 'UTC') COMMENT 'server clock before the posts were read'
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY toYYYYMM(bucket)
ORDER BY (brand, bucket, platform, lang)
SETTINGS index_granularity = 1024, min_age_to_force_merge_seconds = 86400, min_age_to_force_merge_on_partition_only = 1;
INSERT INTO rollup_15m
    (bucket, brand, platform, lang, negative, neutral, positive, unscored, score_sum, score_squares, weight_negative,
     weight_neutral, weight_positive, weight_unscored, weight_squares, weighted_score, authors, version)
SELECT quarter, brand, platform, lang, negative, neutral, positive, unscored, score_sum, score_squares, weight_negative,
    weight_neutral, weight_positive, weight_unscored, weight_squares, weighted_score, authors, version
FROM rollup_history FINAL;

-- Starts and ends of alerts. Each row holds the decision, the rule's state from then on and the channels to notify, so
-- that a crash cannot come between them. Inserting a row twice is harmless.
CREATE TABLE IF NOT EXISTS alert_transitions
(
    id UUID,
    alert UUID COMMENT 'id of the transition that started the alert',
    kind Enum8('alert' = 1, 'resolved' = 2),
    rule String,
    brand String,
    severity LowCardinality(String),
    at DateTime64(3, 'UTC'),
    evaluation String COMMENT 'JSON',
    state String COMMENT 'JSON',
    channels Array(LowCardinality(String))
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(at)
ORDER BY (at, id);
INSERT INTO alert_transitions (id, alert, kind, rule, brand, severity, at, evaluation, state, channels)
SELECT id, alert, kind, rule, brand, severity, at,
    replaceAll(replaceAll(verdict, '"what":', '"metric":'), '"quarters":', '"windows":'),
    replaceAll(replaceAll(replaceAll(replaceAll(state, '"unusualSince":', '"anomalousSince":'), '"toldUntil":', '"notifiedUntil":'),
        '"span":', '"windowMs":'), '"status":"muted"', '"status":"silenced"'),
    channels
FROM alert_changes FINAL;

-- Rows of equal version: the one inserted last wins.
INSERT INTO alert_states (rule, brand, at, state)
SELECT rule, brand, at,
    replaceAll(replaceAll(replaceAll(replaceAll(state, '"unusualSince":', '"anomalousSince":'), '"toldUntil":', '"notifiedUntil":'),
        '"span":', '"windowMs":'), '"status":"muted"', '"status":"silenced"')
FROM alert_states FINAL;

-- Delivery attempts of each transition to each channel; the row with the most attempts wins.
CREATE TABLE IF NOT EXISTS alert_outbox
(
    transition UUID,
    channel LowCardinality(String),
    attempts UInt32,
    outcome Enum8('waiting' = 0, 'sent' = 1, 'given-up' = 2),
    next_at DateTime64(3, 'UTC'),
    at DateTime64(3, 'UTC')
)
ENGINE = ReplacingMergeTree(attempts)
ORDER BY (transition, channel)
TTL toDateTime(at) + INTERVAL 30 DAY;
INSERT INTO alert_outbox (transition, channel, attempts, outcome, next_at, at)
SELECT change, channel, attempts, outcome, next_at, at FROM alert_deliveries FINAL;

-- Acknowledgements of alerts, and feedback on them ('useful', 'noise' or 'none'). The latest of each kind wins.
CREATE TABLE IF NOT EXISTS alert_annotations
(
    alert UUID,
    kind Enum8('ack' = 1, 'feedback' = 2),
    value LowCardinality(String),
    created_by String,
    at DateTime64(3, 'UTC')
)
ENGINE = ReplacingMergeTree(at)
ORDER BY (alert, kind);
INSERT INTO alert_annotations (alert, kind, value, created_by, at)
SELECT alert, if(kind = 'mark', 'feedback', 'ack'), value, said_by, at FROM alert_notes FINAL;

-- Silences: no notifications until a time. An empty rule or brand means all of them. The latest wins.
CREATE TABLE IF NOT EXISTS alert_silences
(
    rule String,
    brand String,
    until DateTime64(3, 'UTC'),
    created_by String,
    reason String,
    at DateTime64(3, 'UTC')
)
ENGINE = ReplacingMergeTree(at)
ORDER BY (rule, brand);
INSERT INTO alert_silences (rule, brand, until, created_by, reason, at)
SELECT rule, brand, until, said_by, reason, at FROM alert_mutes FINAL;
