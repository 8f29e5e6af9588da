-- Whose outbox this is, how long records have been with the server, and wrong PINs of the station as a whole. Only adds: an
-- earlier program that meets this file still reads what it knows, and sends it.

CREATE TABLE owner (                          -- the station that records here; another one must not go on with it
    one        INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    station_id BLOB    NOT NULL,
    public_key BLOB    NOT NULL
) STRICT;

ALTER TABLE outcome ADD COLUMN stored_at INTEGER;  -- by the server's clock; the wall clock here may be years off

-- What was stored before this was counted ages from now on at the earliest, so it is kept rather too long.
CREATE INDEX outcome_by_age ON outcome (stored_at);

DROP TRIGGER retention_is_for_the_settled;
CREATE TRIGGER retention_is_for_the_settled BEFORE INSERT ON retention_due
WHEN NOT EXISTS (
    SELECT 1 FROM outcome
    WHERE action_id = NEW.action_id AND state IN ('applied', 'closed') AND stored_at < (SELECT floor_ms FROM retention)
)
BEGIN
    SELECT RAISE(ABORT, 'only what is settled and long stored may go');
END;

-- The wait is counted by the clock that nobody can set. The row without a worker is the station as a whole.
ALTER TABLE pin_failure ADD COLUMN wait_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE pin_failure ADD COLUMN since_mono_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE pin_failure ADD COLUMN boot_id TEXT NOT NULL DEFAULT '';
ALTER TABLE pin_failure ADD COLUMN total INTEGER NOT NULL DEFAULT 0;     -- ever; told to the server
ALTER TABLE pin_failure ADD COLUMN reported INTEGER NOT NULL DEFAULT 0;  -- as far as it knows
UPDATE pin_failure SET total = count;
