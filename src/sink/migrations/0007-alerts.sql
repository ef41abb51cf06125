-- Beginnings and ends of alerts, each with the state of its rule from there on and with who is to be told: one row is
-- the decision, its history and its place in the outbox, so that no crash falls between them. A repeated insert is harmless.
CREATE TABLE IF NOT EXISTS alert_changes
(
    id UUID,
    alert UUID COMMENT 'the id of its beginning',
    kind Enum8('alert' = 1, 'resolved' = 2),
    rule String,
    brand String,
    severity LowCardinality(String),
    at DateTime64(3, 'UTC'),
    verdict String COMMENT 'JSON',
    state String COMMENT 'JSON',
    channels Array(LowCardinality(String))
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(at)
ORDER BY (at, id);

-- How each rule stands with each brand, where that is no beginning and no end.
CREATE TABLE IF NOT EXISTS alert_states
(
    rule String,
    brand String,
    at DateTime64(3, 'UTC'),
    state String COMMENT 'JSON'
)
ENGINE = ReplacingMergeTree(at)
ORDER BY (rule, brand);

-- How far the outbox is: what a channel has taken, or how often it was tried.
CREATE TABLE IF NOT EXISTS alert_deliveries
(
    change UUID,
    channel LowCardinality(String),
    attempts UInt32,
    outcome Enum8('waiting' = 0, 'sent' = 1, 'given-up' = 2),
    next_at DateTime64(3, 'UTC'),
    at DateTime64(3, 'UTC')
)
ENGINE = ReplacingMergeTree(attempts)
ORDER BY (change, channel)
TTL toDateTime(at) + INTERVAL 30 DAY;

-- What people say of an alert. The latest of a kind wins.
CREATE TABLE IF NOT EXISTS alert_notes
(
    alert UUID,
    kind Enum8('ack' = 1, 'mark' = 2),
    value LowCardinality(String),
    said_by String,
    at DateTime64(3, 'UTC')
)
ENGINE = ReplacingMergeTree(at)
ORDER BY (alert, kind);

-- Until when nobody is told; an empty rule or brand stands for all. The latest wins.
CREATE TABLE IF NOT EXISTS alert_mutes
(
    rule String,
    brand String,
    until DateTime64(3, 'UTC'),
    said_by String,
    reason String,
    at DateTime64(3, 'UTC')
)
ENGINE = ReplacingMergeTree(at)
ORDER BY (rule, brand);
