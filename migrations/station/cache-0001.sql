-- What the server has told this station. Disposable: it can always be asked for again.

CREATE TABLE held (                           -- the feed's rows, as sent
    tbl         TEXT    NOT NULL,
    pk          TEXT    NOT NULL,
    row         TEXT    NOT NULL,
    row_version INTEGER NOT NULL,
    generation  INTEGER NOT NULL,             -- the snapshot in which it was last confirmed
    left_scope  INTEGER NOT NULL DEFAULT 0,   -- evicted while a pending action referred to it
    PRIMARY KEY (tbl, pk)
) STRICT, WITHOUT ROWID;

CREATE TABLE followed (                       -- how far the feed has been followed; written with the rows
    one         INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    cursor      TEXT,
    commit_seq  INTEGER NOT NULL,
    epoch       TEXT,
    generation  INTEGER NOT NULL,
    in_snapshot INTEGER NOT NULL,
    stations    TEXT    NOT NULL,
    pin_key     BLOB                          -- proves which device key the PIN verifiers are bound to
) STRICT;

INSERT INTO followed (one, cursor, commit_seq, epoch, generation, in_snapshot, stations) VALUES (1, NULL, 0, NULL, 1, 1, '[]');
