-- A delay is negative while the system's clock has been set back behind the feed.
ALTER TABLE feed_progress MODIFY COLUMN delay Int64 COMMENT 'ms from when the most recent of its posts were written until they were stored';
