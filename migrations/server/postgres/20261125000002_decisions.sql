-- Decisions of a person: a fact may be closed, or let count, long after it came. Replaying needs to know when each first
-- counted and by which decision; and everything that waits has a record of its own, with an age that can be an alarm.

ALTER TABLE verdict ADD COLUMN counted_seq BIGINT;
ALTER TABLE verdict ADD COLUMN counted_place BIGINT;
ALTER TABLE verdict ADD COLUMN decided_by UUID;
ALTER TABLE verdict DISABLE TRIGGER verdict_follows_head;
UPDATE verdict SET counted_seq = commit_seq, counted_place = place_in_commit WHERE status IN ('applied', 'flagged');
ALTER TABLE verdict ENABLE TRIGGER verdict_follows_head;
CREATE INDEX verdict_counted ON verdict (site_id, counted_seq, counted_place) WHERE counted_seq IS NOT NULL;

ALTER TABLE conflict ADD COLUMN closed_by_action UUID;
ALTER TABLE conflict ADD COLUMN alarm_at BIGINT;
ALTER TABLE conflict ADD COLUMN alarmed_at BIGINT;
UPDATE conflict SET alarm_at = opened_at + 86400000;
CREATE INDEX conflict_of_action ON conflict (action_id);
CREATE INDEX conflict_of_work_order ON conflict (work_order_id) WHERE closed_at IS NULL;

-- `shown_at` is when it became a person's business; until then it heals by itself.
CREATE TABLE parked (
    action_id UUID PRIMARY KEY,
    site_id TEXT NOT NULL,
    parked_at BIGINT NOT NULL,
    shown_at BIGINT,
    alarm_at BIGINT NOT NULL,
    alarmed_at BIGINT,
    closed_at BIGINT,
    row_version BIGINT NOT NULL
);
CREATE INDEX parked_open ON parked (site_id, alarm_at) WHERE closed_at IS NULL;
INSERT INTO parked (action_id, site_id, parked_at, alarm_at, row_version)
SELECT action_id, site_id, judged_at, judged_at + 86400000, 1 FROM verdict WHERE status = 'parked';

-- The nightly proof that nothing is lost, one row a site and day.
CREATE TABLE proof (
    site_id TEXT NOT NULL,
    day BIGINT NOT NULL,
    proved_at BIGINT NOT NULL,
    ok BIGINT NOT NULL,
    doc JSONB NOT NULL,
    row_version BIGINT NOT NULL,
    PRIMARY KEY (site_id, day)
);
