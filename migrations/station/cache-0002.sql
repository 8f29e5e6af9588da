-- A snapshot is loaded beside the rows that are shown and takes their place in one step (docs/decisions/0013). What was held
-- under the old shape is asked for again.

DROP TABLE held;
CREATE TABLE held (                           -- the feed's rows, as sent
    life        INTEGER NOT NULL,             -- the one that is shown, or the next, which is being loaded
    tbl         TEXT    NOT NULL,
    pk          TEXT    NOT NULL,
    row         TEXT    NOT NULL,
    row_version INTEGER NOT NULL,
    sent_hash   BLOB,                         -- of the row as it was sent, if it is kept otherwise: a PIN is bound to this device
    left_scope  INTEGER NOT NULL DEFAULT 0,   -- evicted while a pending action referred to it
    PRIMARY KEY (life, tbl, pk)
) STRICT, WITHOUT ROWID;

DROP TABLE followed;
CREATE TABLE followed (                       -- how far the feed has been followed; written with the rows
    one         INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    shown       INTEGER NOT NULL,
    cursor      TEXT,                         -- none: a snapshot is due, and these rows are shown until it is here
    commit_seq  INTEGER NOT NULL,
    epoch       TEXT,
    stations    TEXT    NOT NULL,
    load_at     TEXT,                         -- the snapshot's moment; from its last chunk on, how far the feed behind it has come
    load_after  TEXT,                         -- where the snapshot's newest chunk ended
    load_whole  INTEGER NOT NULL,             -- whether its last chunk is here
    pin_key     BLOB                          -- proves which device key the PIN verifiers are bound to
) STRICT;

INSERT INTO followed (one, shown, cursor, commit_seq, epoch, stations, load_at, load_after, load_whole)
VALUES (1, 1, NULL, 0, NULL, '[]', NULL, NULL, 0);
