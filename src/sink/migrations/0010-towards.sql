-- What a post says of each of several brands, where that is another part of its text than all of it: aligned arrays, of the
-- active model in posts, of others in scores.
ALTER TABLE posts
    ADD COLUMN IF NOT EXISTS towards_brands Array(LowCardinality(String)),
    ADD COLUMN IF NOT EXISTS towards_labels Array(Enum8('negative' = 1, 'neutral' = 2, 'positive' = 3)),
    ADD COLUMN IF NOT EXISTS towards_negative Array(Float32),
    ADD COLUMN IF NOT EXISTS towards_positive Array(Float32);
ALTER TABLE scores
    ADD COLUMN IF NOT EXISTS towards_brands Array(LowCardinality(String)),
    ADD COLUMN IF NOT EXISTS towards_labels Array(Enum8('negative' = 1, 'neutral' = 2, 'positive' = 3)),
    ADD COLUMN IF NOT EXISTS towards_negative Array(Float32),
    ADD COLUMN IF NOT EXISTS towards_positive Array(Float32);

-- Takes the place of judged_posts, which does not have these columns: posts as they count. A correction is a word on the whole
-- post, and counts for each of its brands.
CREATE VIEW IF NOT EXISTS counted_posts AS
SELECT
    p.minute AS minute,
    p.* EXCEPT (label, score, towards_brands, towards_labels, towards_negative, towards_positive),
    toString(p.label) AS model_label,
    p.score AS model_score,
    if(c.correction = 'none', toString(p.label), toString(c.correction)) AS label,
    if(c.correction = 'none', p.score, toFloat32(toInt8(c.correction) - 2)) AS score,
    if(c.correction = 'none', CAST(p.towards_brands, 'Array(String)'), []) AS towards_brands,
    if(c.correction = 'none', CAST(p.towards_labels, 'Array(String)'), []) AS towards_labels,
    if(c.correction = 'none', p.towards_negative, []) AS towards_negative,
    if(c.correction = 'none', p.towards_positive, []) AS towards_positive,
    toString(c.correction) AS correction,
    c.corrected_by AS corrected_by,
    c.reason AS correction_reason,
    c.corrected_at AS corrected_at
FROM posts AS p FINAL
LEFT JOIN (SELECT * FROM corrections FINAL) AS c ON c.minute = p.minute AND c.platform = p.platform AND c.id = p.id;
