-- PINs that were tried in vain at stations, as the stations tell it: somebody who guesses must be noticed.
CREATE TABLE pin_tries (
    station_id BLOB NOT NULL REFERENCES station (id),
    worker_id BLOB NOT NULL,
    wrong INTEGER NOT NULL,
    told_at INTEGER NOT NULL,
    PRIMARY KEY (station_id, worker_id)
) STRICT;
