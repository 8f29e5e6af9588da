-- Work that is due at times, by one server process at a time: a lease that runs out is taken by another.
CREATE TABLE background_job (
    site_id TEXT NOT NULL,
    name TEXT NOT NULL,
    due_at INTEGER NOT NULL,
    leased_until INTEGER NOT NULL,
    PRIMARY KEY (site_id, name)
) STRICT;

-- How far the feed had come on a day, to know what was removed more than ninety days ago; and how far a station follows it.
CREATE TABLE feed_day (
    site_id TEXT NOT NULL,
    day INTEGER NOT NULL,
    commit_seq INTEGER NOT NULL,
    PRIMARY KEY (site_id, day)
) STRICT;
ALTER TABLE station ADD COLUMN followed_through INTEGER;
