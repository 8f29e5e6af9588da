-- The floor: what the factory defines, what happened, what it came to, and how stations follow it.
-- Every `_at` is Unix milliseconds in UTC, so that both engines compare and subtract it alike.

CREATE TABLE server_identity (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    signing_seed BLOB NOT NULL,
    nonce_secret BLOB NOT NULL,
    epoch TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE site (
    id TEXT PRIMARY KEY,
    doc TEXT NOT NULL,
    row_version INTEGER NOT NULL
) STRICT;

-- The one row that orders everything a site commits: taken last, held until COMMIT.
CREATE TABLE sync_head (
    site_id TEXT PRIMARY KEY,
    v INTEGER NOT NULL,
    audit_seq INTEGER NOT NULL,
    audit_head BLOB NOT NULL,
    tombstone_floor INTEGER NOT NULL,
    grants_day INTEGER NOT NULL
) STRICT;

-- Where a row stands in the feed of one scope: `all`, `floor`, or `wc:` and a work centre's key.
CREATE TABLE change (
    site_id TEXT NOT NULL,
    scope TEXT NOT NULL,
    tbl TEXT NOT NULL,
    pk TEXT NOT NULL,
    op TEXT NOT NULL CHECK (op IN ('put', 'del', 'evict')),
    commit_seq INTEGER NOT NULL,
    row_version INTEGER NOT NULL,
    PRIMARY KEY (site_id, scope, tbl, pk)
) STRICT;
CREATE INDEX change_in_order ON change (site_id, scope, commit_seq);

-- What the factory defines. `doc` is the row as the feed carries it.
CREATE TABLE work_centre (
    site_id TEXT NOT NULL,
    id TEXT NOT NULL,
    doc TEXT NOT NULL,
    row_version INTEGER NOT NULL,
    PRIMARY KEY (site_id, id)
) STRICT;

CREATE TABLE workstation (
    site_id TEXT NOT NULL,
    id TEXT NOT NULL,
    code TEXT NOT NULL,
    work_centre TEXT,
    doc TEXT NOT NULL,
    row_version INTEGER NOT NULL,
    PRIMARY KEY (site_id, id)
) STRICT;

CREATE TABLE operation (
    site_id TEXT NOT NULL,
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    code TEXT NOT NULL,
    work_centre TEXT NOT NULL,
    doc TEXT NOT NULL,
    row_version INTEGER NOT NULL,
    PRIMARY KEY (site_id, id, version)
) STRICT;

CREATE TABLE skill (
    site_id TEXT NOT NULL,
    id TEXT NOT NULL,
    doc TEXT NOT NULL,
    row_version INTEGER NOT NULL,
    PRIMARY KEY (site_id, id)
) STRICT;

CREATE TABLE defect (
    site_id TEXT NOT NULL,
    id TEXT NOT NULL,
    code TEXT NOT NULL,
    doc TEXT NOT NULL,
    row_version INTEGER NOT NULL,
    PRIMARY KEY (site_id, id)
) STRICT;

CREATE TABLE picture (
    site_id TEXT NOT NULL,
    hash TEXT NOT NULL,
    media_type TEXT NOT NULL,
    bytes BLOB NOT NULL,
    row_version INTEGER NOT NULL,
    PRIMARY KEY (site_id, hash)
) STRICT;

CREATE TABLE style (
    site_id TEXT NOT NULL,
    id TEXT NOT NULL,
    doc TEXT NOT NULL,
    row_version INTEGER NOT NULL,
    PRIMARY KEY (site_id, id)
) STRICT;

CREATE TABLE routing (
    site_id TEXT NOT NULL,
    id TEXT NOT NULL,
    doc TEXT NOT NULL,
    row_version INTEGER NOT NULL,
    PRIMARY KEY (site_id, id)
) STRICT;

CREATE TABLE option_value (
    site_id TEXT NOT NULL,
    option_group TEXT NOT NULL,
    id TEXT NOT NULL,
    doc TEXT NOT NULL,
    row_version INTEGER NOT NULL,
    PRIMARY KEY (site_id, option_group, id)
) STRICT;

CREATE TABLE worker (
    site_id TEXT NOT NULL,
    id BLOB PRIMARY KEY,
    badge TEXT NOT NULL,
    doc TEXT NOT NULL,
    pin_salt TEXT,
    pin_hash TEXT,
    revoked_at INTEGER,
    row_version INTEGER NOT NULL,
    CONSTRAINT worker_badge_once UNIQUE (site_id, badge)
) STRICT;

-- Who may push and pull.
CREATE TABLE station (
    id BLOB PRIMARY KEY,
    site_id TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('station', 'server')),
    workstation TEXT NOT NULL,
    scope TEXT NOT NULL,
    public_key BLOB NOT NULL,
    enrolled_at INTEGER NOT NULL,
    revoked_at INTEGER,
    last_contact_at INTEGER,
    outbox_depth INTEGER NOT NULL,
    oldest_pending_age_ms INTEGER NOT NULL,
    app_version TEXT NOT NULL,
    schema_version INTEGER NOT NULL,
    witnessed_seq INTEGER,
    witnessed_head BLOB,
    witness_fault TEXT
) STRICT;
CREATE INDEX station_of_site ON station (site_id);

CREATE TABLE station_incarnation (
    station_id BLOB NOT NULL REFERENCES station (id),
    incarnation TEXT NOT NULL,
    last_seq INTEGER NOT NULL,
    last_chain BLOB NOT NULL,
    lease TEXT NOT NULL,
    previous_lease TEXT NOT NULL,
    begun_at INTEGER NOT NULL,
    retired_at INTEGER,
    PRIMARY KEY (station_id, incarnation)
) STRICT;

CREATE TABLE enrolment_code (
    selector TEXT PRIMARY KEY,
    hash BLOB NOT NULL,
    site_id TEXT NOT NULL,
    workstation TEXT NOT NULL,
    scope TEXT NOT NULL,
    made_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    tries INTEGER NOT NULL,
    used_at INTEGER,
    station_id BLOB REFERENCES station (id)
) STRICT;

-- What happened; never changes. Columns that the bytes do not tell are null.
CREATE TABLE action_log (
    action_id BLOB PRIMARY KEY,
    site_id TEXT NOT NULL,
    station_id BLOB NOT NULL REFERENCES station (id),
    kind TEXT NOT NULL,
    kind_version INTEGER NOT NULL,
    workstation TEXT,
    work_order_id BLOB,
    job_id BLOB,
    body BLOB NOT NULL,
    body_hash BLOB NOT NULL,
    sig BLOB NOT NULL,
    worker_id BLOB,
    grant_id BLOB,
    auth_level INTEGER,
    base_version INTEGER,
    base_cursor INTEGER,
    wall_at INTEGER,
    mono_at INTEGER,
    boot_id TEXT,
    clock_class INTEGER,
    clock_offset_ms INTEGER,
    app_version TEXT,
    schema_version INTEGER,
    received_at INTEGER NOT NULL,
    occurred_at INTEGER NOT NULL
) STRICT;
CREATE INDEX action_log_of_work_order ON action_log (work_order_id);
CREATE INDEX action_log_of_worker ON action_log (worker_id, occurred_at);

-- Its place in a station's history; a fork adds rows, changes none.
CREATE TABLE submission (
    site_id TEXT NOT NULL,
    station_id BLOB NOT NULL,
    incarnation TEXT NOT NULL,
    seq INTEGER NOT NULL,
    action_id BLOB NOT NULL REFERENCES action_log (action_id),
    body_hash BLOB NOT NULL,
    prev_chain BLOB NOT NULL,
    chain_hash BLOB NOT NULL,
    fork_of TEXT,
    received_at INTEGER NOT NULL,
    PRIMARY KEY (station_id, incarnation, seq)
) STRICT;
CREATE INDEX submission_of_action ON submission (action_id);

-- Other bytes that came under an identifier already taken.
CREATE TABLE action_evidence (
    action_id BLOB NOT NULL REFERENCES action_log (action_id),
    body_hash BLOB NOT NULL,
    site_id TEXT NOT NULL,
    station_id BLOB NOT NULL,
    body BLOB NOT NULL,
    sig BLOB NOT NULL,
    received_at INTEGER NOT NULL,
    PRIMARY KEY (action_id, body_hash)
) STRICT;

-- What an action came to; the only mutable part.
CREATE TABLE verdict (
    action_id BLOB PRIMARY KEY REFERENCES action_log (action_id),
    site_id TEXT NOT NULL,
    station_id BLOB NOT NULL,
    work_order_id BLOB,
    awaits_code TEXT,
    status TEXT NOT NULL CHECK (status IN ('applied', 'flagged', 'parked', 'closed')),
    reason TEXT,
    conflict TEXT,
    conflict_id BLOB,
    commit_seq INTEGER NOT NULL,
    place_in_commit INTEGER NOT NULL,
    judged_at INTEGER NOT NULL
) STRICT;
CREATE INDEX verdict_of_station ON verdict (station_id, commit_seq);
CREATE INDEX verdict_in_order ON verdict (site_id, commit_seq, place_in_commit);
CREATE INDEX verdict_parked ON verdict (work_order_id) WHERE status = 'parked';
CREATE INDEX verdict_awaiting ON verdict (site_id, awaits_code) WHERE status = 'parked' AND awaits_code IS NOT NULL;

CREATE TABLE conflict (
    id BLOB PRIMARY KEY,
    site_id TEXT NOT NULL,
    conflict TEXT NOT NULL,
    action_id BLOB NOT NULL,
    other_action_id BLOB,
    work_order_id BLOB,
    job_id BLOB,
    opened_at INTEGER NOT NULL,
    closed_at INTEGER,
    closed_by BLOB,
    resolution TEXT,
    row_version INTEGER NOT NULL
) STRICT;
CREATE INDEX conflict_open ON conflict (site_id, opened_at) WHERE closed_at IS NULL;

-- One hash chain a site over everything above.
CREATE TABLE audit (
    site_id TEXT NOT NULL,
    audit_seq INTEGER NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    bytes BLOB NOT NULL,
    prev_hash BLOB NOT NULL,
    hash BLOB NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (site_id, audit_seq)
) STRICT;

-- What is judged one writer at a time: a work order, or a code that nothing has yet. The row exists so that it can be
-- locked before its subject does.
CREATE TABLE gate (
    site_id TEXT NOT NULL,
    subject TEXT NOT NULL,
    passes INTEGER NOT NULL,
    PRIMARY KEY (site_id, subject)
) STRICT;

-- The work order as its facts left it. `doc` is the whole; the columns beside it are for finding it.
CREATE TABLE work_order (
    id BLOB PRIMARY KEY,
    site_id TEXT NOT NULL,
    code TEXT NOT NULL,
    number TEXT NOT NULL,
    customer_order TEXT NOT NULL,
    priority TEXT NOT NULL,
    promise_at INTEGER NOT NULL,
    life TEXT NOT NULL,
    complete INTEGER NOT NULL,
    version INTEGER NOT NULL,
    row_version INTEGER NOT NULL,
    doc TEXT NOT NULL,
    CONSTRAINT work_order_code_once UNIQUE (site_id, code)
) STRICT;
CREATE INDEX work_order_promised ON work_order (site_id, complete, promise_at);

-- A projection of the jobs inside `work_order.doc`, for queries.
CREATE TABLE job (
    work_order_id BLOB NOT NULL REFERENCES work_order (id),
    id BLOB NOT NULL,
    site_id TEXT NOT NULL,
    place INTEGER NOT NULL,
    position INTEGER NOT NULL,
    operation TEXT NOT NULL,
    operation_version INTEGER NOT NULL,
    work_centre TEXT NOT NULL,
    inspection INTEGER NOT NULL,
    standing TEXT NOT NULL,
    round INTEGER NOT NULL,
    worker_id BLOB,
    workstation TEXT,
    started_at INTEGER,
    finished_at INTEGER,
    standard_time_s INTEGER NOT NULL,
    worked_s INTEGER,
    PRIMARY KEY (work_order_id, id)
) STRICT;
CREATE INDEX job_at_work_centre ON job (site_id, work_centre, standing);

-- History is only ever added to.
CREATE TRIGGER action_log_refuses_update BEFORE UPDATE ON action_log
BEGIN SELECT RAISE(ABORT, 'action_log holds history and is only ever added to'); END;
CREATE TRIGGER action_log_refuses_delete BEFORE DELETE ON action_log
BEGIN SELECT RAISE(ABORT, 'action_log holds history and is only ever added to'); END;
CREATE TRIGGER submission_refuses_update BEFORE UPDATE ON submission
BEGIN SELECT RAISE(ABORT, 'submission holds history and is only ever added to'); END;
CREATE TRIGGER submission_refuses_delete BEFORE DELETE ON submission
BEGIN SELECT RAISE(ABORT, 'submission holds history and is only ever added to'); END;
CREATE TRIGGER action_evidence_refuses_update BEFORE UPDATE ON action_evidence
BEGIN SELECT RAISE(ABORT, 'action_evidence holds history and is only ever added to'); END;
CREATE TRIGGER action_evidence_refuses_delete BEFORE DELETE ON action_evidence
BEGIN SELECT RAISE(ABORT, 'action_evidence holds history and is only ever added to'); END;
CREATE TRIGGER audit_refuses_update BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'audit holds history and is only ever added to'); END;
CREATE TRIGGER audit_refuses_delete BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'audit holds history and is only ever added to'); END;

-- Whoever writes into the feed has taken the head row in the same transaction.
CREATE TRIGGER change_follows_head_on_insert BEFORE INSERT ON change
WHEN NEW.commit_seq IS NOT (SELECT v FROM sync_head WHERE site_id = NEW.site_id)
BEGIN SELECT RAISE(ABORT, 'change was written beside the function that takes the head row'); END;
CREATE TRIGGER change_follows_head_on_update BEFORE UPDATE ON change
WHEN NEW.commit_seq IS NOT (SELECT v FROM sync_head WHERE site_id = NEW.site_id)
BEGIN SELECT RAISE(ABORT, 'change was written beside the function that takes the head row'); END;
CREATE TRIGGER verdict_follows_head_on_insert BEFORE INSERT ON verdict
WHEN NEW.commit_seq IS NOT (SELECT v FROM sync_head WHERE site_id = NEW.site_id)
BEGIN SELECT RAISE(ABORT, 'verdict was written beside the function that takes the head row'); END;
CREATE TRIGGER verdict_follows_head_on_update BEFORE UPDATE ON verdict
WHEN NEW.commit_seq IS NOT (SELECT v FROM sync_head WHERE site_id = NEW.site_id)
BEGIN SELECT RAISE(ABORT, 'verdict was written beside the function that takes the head row'); END;
