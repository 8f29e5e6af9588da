-- What a person must look at although no fact contradicts another: one row for each kind and station.
CREATE TABLE alarm (
    site_id TEXT NOT NULL,
    pk TEXT NOT NULL,
    kind TEXT NOT NULL,
    station_id BLOB,
    workstation TEXT,
    times INTEGER NOT NULL,
    raised_at INTEGER NOT NULL,
    last_raised_at INTEGER NOT NULL,
    closed_at INTEGER,
    closed_by BLOB,
    row_version INTEGER NOT NULL,
    PRIMARY KEY (site_id, pk)
) STRICT;

-- When something of a station's last arrived, or it last said that nothing waits, and what went wrong there and was mended.
ALTER TABLE station ADD COLUMN progressed_at INTEGER;
ALTER TABLE station ADD COLUMN loop_restarts INTEGER NOT NULL DEFAULT 0;
ALTER TABLE station ADD COLUMN digest_mismatches INTEGER NOT NULL DEFAULT 0;

-- Counts what a station has parked at every push.
CREATE INDEX verdict_parked_of_station ON verdict (station_id) WHERE status = 'parked';
