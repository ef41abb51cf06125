-- The processes that could recompute rollups. Of those whose claim has not expired, the one with the earliest does.
CREATE TABLE IF NOT EXISTS rollup_claims
(
    claimant UUID,
    since DateTime64(6, 'UTC') COMMENT 'when the process started',
    until DateTime64(6, 'UTC') COMMENT 'the epoch once the process has stopped',
    at DateTime64(6, 'UTC')
)
ENGINE = ReplacingMergeTree(at)
ORDER BY claimant
TTL toDateTime(at) + INTERVAL 1 DAY;
