-- Posts and authors that were erased, as keyed hashes: a feed that is read again must not bring them back. Never updated.
CREATE TABLE IF NOT EXISTS erasures
(
    hash String COMMENT 'HMAC-SHA256, hexadecimal, under the key of erasure_key',
    erased_at DateTime('UTC') DEFAULT now('UTC')
)
ENGINE = MergeTree
ORDER BY hash
SETTINGS index_granularity = 256;

-- The key of those hashes: the row inserted first, by the block number that the engine gives out.
CREATE TABLE IF NOT EXISTS erasure_key
(
    key String
)
ENGINE = MergeTree
ORDER BY tuple()
SETTINGS enable_block_number_column = 1;
