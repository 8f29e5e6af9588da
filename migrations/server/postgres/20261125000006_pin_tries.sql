-- PINs that were tried in vain at stations, as the stations tell it: somebody who guesses must be noticed.
CREATE TABLE pin_tries (
    station_id UUID NOT NULL REFERENCES station (id),
    worker_id UUID NOT NULL,
    wrong BIGINT NOT NULL,
    told_at BIGINT NOT NULL,
    PRIMARY KEY (station_id, worker_id)
);
