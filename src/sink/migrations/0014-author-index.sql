-- Finds the posts of an author without reading the column as a whole: 12 MB for ten million posts. Older parts get it in
-- the background.
ALTER TABLE posts ADD INDEX IF NOT EXISTS author_id author_id TYPE bloom_filter(0.01) GRANULARITY 1;
ALTER TABLE posts MATERIALIZE INDEX author_id;
