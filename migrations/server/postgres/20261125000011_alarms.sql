-- What a person must look at although no fact contradicts another: one row for each kind and station.
CREATE TABLE alarm (
    site_id TEXT NOT NULL,
    pk TEXT NOT NULL,
    kind TEXT NOT NULL,
    station_id UUID,
    workstation TEXT,
    times BIGINT NOT NULL,
    raised_at BIGINT NOT NULL,
    last_raised_at BIGINT NOT NULL,
    closed_at BIGINT,
    closed_by UUID,
    row_version BIGINT NOT NULL,
    PRIMARY KEY (site_id, pk)
);

-- When something of a station's last arrived, or it last said that nothing waits, and what went wrong there and was mended.
ALTER TABLE station ADD COLUMN progressed_at BIGINT;
ALTER TABLE station ADD COLUMN loop_restarts BIGINT NOT NULL DEFAULT 0;
ALTER TABLE station ADD COLUMN digest_mismatches BIGINT NOT NULL DEFAULT 0;

-- Counts what a station has parked at every push.
CREATE INDEX verdict_parked_of_station ON verdict (station_id) WHERE status = 'parked';
