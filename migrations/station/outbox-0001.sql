-- What a station has recorded, and how far each record has come. Precious: never rebuilt from the server.

CREATE TABLE action (                         -- what happened; never changes
    action_id      BLOB    NOT NULL PRIMARY KEY,
    kind           TEXT    NOT NULL,
    kind_version   INTEGER NOT NULL,
    work_order_id  BLOB,
    job_id         BLOB,
    body           BLOB    NOT NULL,          -- canonical bytes: exactly what is hashed and signed
    body_hash      BLOB    NOT NULL,
    sig            BLOB    NOT NULL,
    worker_id      BLOB,
    grant_id       BLOB,
    auth_level     INTEGER NOT NULL,
    base_version   INTEGER,
    base_cursor    INTEGER,
    wall_at        INTEGER NOT NULL,
    mono_at        INTEGER NOT NULL,
    boot_id        TEXT    NOT NULL,
    clock_class    INTEGER NOT NULL,
    app_version    TEXT    NOT NULL,
    schema_version INTEGER NOT NULL
) STRICT;

CREATE INDEX action_by_worker ON action (worker_id, wall_at);

CREATE TABLE incarnation (                    -- lives of this outbox; never deleted, so seq never restarts
    inc             INTEGER NOT NULL PRIMARY KEY,
    id              BLOB    NOT NULL UNIQUE,
    last_seq        INTEGER NOT NULL,
    last_chain      BLOB    NOT NULL,
    lease           TEXT    NOT NULL,
    offered_through INTEGER NOT NULL,         -- sent at least once: offered again alone until the server has answered
    stored_through  INTEGER NOT NULL          -- stored by the server
) STRICT;

CREATE TABLE submission (                     -- an action's place in a life; a fork adds rows, changes none
    inc        INTEGER NOT NULL REFERENCES incarnation (inc),
    seq        INTEGER NOT NULL,
    action_id  BLOB    NOT NULL REFERENCES action (action_id),
    prev_chain BLOB    NOT NULL,
    chain_hash BLOB    NOT NULL,
    fork_of    BLOB,                          -- the life that it was first submitted under
    PRIMARY KEY (inc, seq),
    UNIQUE (inc, action_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX submission_by_action ON submission (action_id);

CREATE TABLE outcome (                        -- the only part that changes
    action_id  BLOB    NOT NULL PRIMARY KEY REFERENCES action (action_id),
    state      TEXT    NOT NULL CHECK (state IN ('pending', 'stored', 'applied', 'flagged', 'parked', 'closed')),
    commit_seq INTEGER,
    verdict    TEXT                           -- what it waits for or contradicts
) STRICT;

CREATE INDEX outcome_by_state ON outcome (state, commit_seq);

CREATE TABLE retention (                      -- records from before this instant may go once they are settled
    one      INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    floor_ms INTEGER NOT NULL
) STRICT;

INSERT INTO retention (one, floor_ms) VALUES (1, 0);

CREATE TRIGGER action_never_changes BEFORE UPDATE ON action
BEGIN
    SELECT RAISE(ABORT, 'an action never changes');
END;

CREATE TRIGGER submission_never_changes BEFORE UPDATE ON submission
BEGIN
    SELECT RAISE(ABORT, 'a submission never changes');
END;

CREATE TRIGGER action_is_kept BEFORE DELETE ON action
WHEN NOT EXISTS (SELECT 1 FROM retention_due WHERE action_id = OLD.action_id)
BEGIN
    SELECT RAISE(ABORT, 'an action is kept until it is settled and old');
END;

CREATE TRIGGER submission_is_kept BEFORE DELETE ON submission
WHEN NOT EXISTS (SELECT 1 FROM retention_due WHERE action_id = OLD.action_id)
BEGIN
    SELECT RAISE(ABORT, 'a submission is kept until its action is settled and old');
END;

CREATE TRIGGER outcome_is_kept BEFORE DELETE ON outcome
WHEN NOT EXISTS (SELECT 1 FROM retention_due WHERE action_id = OLD.action_id)
BEGIN
    SELECT RAISE(ABORT, 'an outcome is kept until its action is settled and old');
END;

CREATE TRIGGER incarnation_is_kept BEFORE DELETE ON incarnation
BEGIN
    SELECT RAISE(ABORT, 'an incarnation is kept, or seq would restart');
END;

CREATE TABLE retention_due (                  -- filled and emptied while settled, old actions are deleted
    action_id BLOB NOT NULL PRIMARY KEY
) STRICT;

CREATE TRIGGER retention_is_for_the_settled BEFORE INSERT ON retention_due
WHEN NOT EXISTS (
    SELECT 1 FROM outcome JOIN action USING (action_id)
    WHERE action_id = NEW.action_id AND state IN ('applied', 'closed') AND wall_at < (SELECT floor_ms FROM retention)
)
BEGIN
    SELECT RAISE(ABORT, 'only a settled and old action may go');
END;

CREATE TABLE scan_log (                       -- every scan, also those that came to nothing
    id        INTEGER NOT NULL PRIMARY KEY,
    source    TEXT    NOT NULL,
    text      TEXT    NOT NULL,
    aim       TEXT,
    read_at   INTEGER NOT NULL,
    outcome   TEXT    NOT NULL,
    action_id BLOB
) STRICT;

CREATE INDEX scan_log_by_time ON scan_log (read_at);

CREATE TABLE setting (
    key   TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;

CREATE TABLE pin_failure (                    -- wrong PINs, so that a restart forgives none
    worker_id BLOB    NOT NULL PRIMARY KEY,
    count     INTEGER NOT NULL,
    until_ms  INTEGER NOT NULL
) STRICT;

CREATE TABLE witness (                        -- the newest signed checkpoint of the server's audit chain
    one        INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    audit_seq  INTEGER NOT NULL,
    audit_head TEXT    NOT NULL,
    epoch      TEXT    NOT NULL
) STRICT;

CREATE TABLE print_job (
    id             TEXT    NOT NULL PRIMARY KEY,
    idem_key       TEXT    NOT NULL UNIQUE,   -- a double click or a double scan makes no second job
    place          INTEGER NOT NULL UNIQUE,   -- first in, first out
    template       TEXT    NOT NULL,
    data           TEXT    NOT NULL,
    payload        BLOB    NOT NULL,          -- stored before the first byte leaves
    payload_sha256 BLOB    NOT NULL,
    printer        TEXT    NOT NULL,
    copies         INTEGER NOT NULL,
    state          TEXT    NOT NULL,
    code           TEXT    NOT NULL,          -- what a scanner reads from the label
    number         TEXT    NOT NULL,
    work_order_id  BLOB    NOT NULL,
    reprint        INTEGER NOT NULL,
    reprint_of     TEXT REFERENCES print_job (id),
    reason         TEXT,
    worker_id      BLOB,
    asked_at       INTEGER NOT NULL
) STRICT;

CREATE INDEX print_job_by_state ON print_job (state, place);
CREATE INDEX print_job_by_code ON print_job (code, place);

CREATE TABLE print_attempt (
    job           TEXT    NOT NULL REFERENCES print_job (id),
    n             INTEGER NOT NULL,
    started_at    INTEGER NOT NULL,
    ended_at      INTEGER,
    bytes_written INTEGER,
    evidence      TEXT,
    error         TEXT,
    PRIMARY KEY (job, n)
) STRICT, WITHOUT ROWID;

CREATE TABLE print_audit (                    -- every move of every print job
    id         INTEGER NOT NULL PRIMARY KEY,
    job        TEXT    NOT NULL,
    at         INTEGER NOT NULL,
    from_state TEXT,
    to_state   TEXT    NOT NULL,
    worker_id  BLOB
) STRICT;

CREATE TRIGGER print_audit_never_changes BEFORE UPDATE ON print_audit
BEGIN
    SELECT RAISE(ABORT, 'the print audit never changes');
END;

CREATE TRIGGER print_audit_is_kept BEFORE DELETE ON print_audit
BEGIN
    SELECT RAISE(ABORT, 'the print audit is kept');
END;
