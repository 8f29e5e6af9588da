-- Decisions of a person: a fact may be closed, or let count, long after it came. Replaying needs to know when each first
-- counted and by which decision; and everything that waits has a record of its own, with an age that can be an alarm.

ALTER TABLE verdict ADD COLUMN counted_seq INTEGER;
ALTER TABLE verdict ADD COLUMN counted_place INTEGER;
ALTER TABLE verdict ADD COLUMN decided_by BLOB;
DROP TRIGGER verdict_follows_head_on_update;
UPDATE verdict SET counted_seq = commit_seq, counted_place = place_in_commit WHERE status IN ('applied', 'flagged');
CREATE TRIGGER verdict_follows_head_on_update BEFORE UPDATE ON verdict
WHEN NEW.commit_seq IS NOT (SELECT v FROM sync_head WHERE site_id = NEW.site_id)
BEGIN SELECT RAISE(ABORT, 'verdict was written beside the function that takes the head row'); END;
CREATE INDEX verdict_counted ON verdict (site_id, counted_seq, counted_place) WHERE counted_seq IS NOT NULL;

ALTER TABLE conflict ADD COLUMN closed_by_action BLOB;
ALTER TABLE conflict ADD COLUMN alarm_at INTEGER;
ALTER TABLE conflict ADD COLUMN alarmed_at INTEGER;
UPDATE conflict SET alarm_at = opened_at + 86400000;
CREATE INDEX conflict_of_action ON conflict (action_id);
CREATE INDEX conflict_of_work_order ON conflict (work_order_id) WHERE closed_at IS NULL;

-- `shown_at` is when it became a person's business; until then it heals by itself.
CREATE TABLE parked (
    action_id BLOB PRIMARY KEY,
    site_id TEXT NOT NULL,
    parked_at INTEGER NOT NULL,
    shown_at INTEGER,
    alarm_at INTEGER NOT NULL,
    alarmed_at INTEGER,
    closed_at INTEGER,
    row_version INTEGER NOT NULL
) STRICT;
CREATE INDEX parked_open ON parked (site_id, alarm_at) WHERE closed_at IS NULL;
INSERT INTO parked (action_id, site_id, parked_at, alarm_at, row_version)
SELECT action_id, site_id, judged_at, judged_at + 86400000, 1 FROM verdict WHERE status = 'parked';

-- The nightly proof that nothing is lost, one row a site and day.
CREATE TABLE proof (
    site_id TEXT NOT NULL,
    day INTEGER NOT NULL,
    proved_at INTEGER NOT NULL,
    ok INTEGER NOT NULL,
    doc TEXT NOT NULL,
    row_version INTEGER NOT NULL,
    PRIMARY KEY (site_id, day)
) STRICT;
