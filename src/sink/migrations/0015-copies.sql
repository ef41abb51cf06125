-- Whether a post repeats the text of an earlier post. Posts stored before count as texts of their own.
ALTER TABLE posts
    ADD COLUMN IF NOT EXISTS is_copy Bool COMMENT 'its text repeats, nearly or exactly, that of another post of the day before';

-- The columns of a view are fixed when it is created; without this, is_copy would be missing in it.
DROP VIEW IF EXISTS effective_posts;
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

-- Copies among the posts of each label.
ALTER TABLE rollup_minute
    ADD COLUMN IF NOT EXISTS copies_negative UInt64,
    ADD COLUMN IF NOT EXISTS copies_neutral UInt64,
    ADD COLUMN IF NOT EXISTS copies_positive UInt64,
    ADD COLUMN IF NOT EXISTS copies_unscored UInt64;
ALTER TABLE rollup_15m
    ADD COLUMN IF NOT EXISTS copies_negative UInt64,
    ADD COLUMN IF NOT EXISTS copies_neutral UInt64,
    ADD COLUMN IF NOT EXISTS copies_positive UInt64,
    ADD COLUMN IF NOT EXISTS copies_unscored UInt64;
