-- What people say of a post against the model, kept apart from what the model says: a post that is delivered,
-- edited or scored again keeps it. The latest wins; 'none' takes a correction back.
CREATE TABLE IF NOT EXISTS corrections
(
    minute DateTime('UTC'),
    platform LowCardinality(String),
    id String,
    correction Enum8('none' = 0, 'negative' = 1, 'neutral' = 2, 'positive' = 3),
    corrected_by String,
    reason String,
    corrected_at DateTime64(6, 'UTC')
)
ENGINE = ReplacingMergeTree(corrected_at)
PARTITION BY toYYYYMM(minute)
ORDER BY (minute, platform, id);

-- Posts as they count: one row each, with the label and score of its correction where it has one (−1, 0 or 1).
CREATE VIEW IF NOT EXISTS judged_posts AS
SELECT
    p.minute AS minute,
    p.* EXCEPT (label, score),
    toString(p.label) AS model_label,
    p.score AS model_score,
    if(c.correction = 'none', toString(p.label), toString(c.correction)) AS label,
    if(c.correction = 'none', p.score, toFloat32(toInt8(c.correction) - 2)) AS score,
    toString(c.correction) AS correction,
    c.corrected_by AS corrected_by,
    c.reason AS correction_reason,
    c.corrected_at AS corrected_at
FROM posts AS p FINAL
LEFT JOIN (SELECT * FROM corrections FINAL) AS c ON c.minute = p.minute AND c.platform = p.platform AND c.id = p.id;
