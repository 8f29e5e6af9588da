-- The floor: what the factory defines, what happened, what it came to, and how stations follow it.
-- Every `_at` is Unix milliseconds in UTC, so that both engines compare and subtract it alike.

CREATE TABLE server_identity (
    id BIGINT PRIMARY KEY CHECK (id = 1),
    signing_seed BYTEA NOT NULL,
    nonce_secret BYTEA NOT NULL,
    epoch TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE site (
    id TEXT PRIMARY KEY,
    doc JSONB NOT NULL,
    row_version BIGINT NOT NULL
);

-- The one row that orders everything a site commits: taken last, held until COMMIT.
CREATE TABLE sync_head (
    site_id TEXT PRIMARY KEY,
    v BIGINT NOT NULL,
    audit_seq BIGINT NOT NULL,
    audit_head BYTEA NOT NULL,
    tombstone_floor BIGINT NOT NULL,
    grants_day BIGINT NOT NULL
);

-- Where a row stands in the feed of one scope: `all`, `floor`, or `wc:` and a work centre's key.
CREATE TABLE change (
    site_id TEXT NOT NULL,
    scope TEXT NOT NULL,
    tbl TEXT NOT NULL,
    pk TEXT NOT NULL,
    op TEXT NOT NULL CHECK (op IN ('put', 'del', 'evict')),
    commit_seq BIGINT NOT NULL,
    row_version BIGINT NOT NULL,
    PRIMARY KEY (site_id, scope, tbl, pk)
);
CREATE INDEX change_in_order ON change (site_id, scope, commit_seq);

-- What the factory defines. `doc` is the row as the feed carries it.
CREATE TABLE work_centre (
    site_id TEXT NOT NULL,
    id TEXT NOT NULL,
    doc JSONB NOT NULL,
    row_version BIGINT NOT NULL,
    PRIMARY KEY (site_id, id)
);

CREATE TABLE workstation (
    site_id TEXT NOT NULL,
    id TEXT NOT NULL,
    code TEXT NOT NULL,
    work_centre TEXT,
    doc JSONB NOT NULL,
    row_version BIGINT NOT NULL,
    PRIMARY KEY (site_id, id)
);

CREATE TABLE operation (
    site_id TEXT NOT NULL,
    id TEXT NOT NULL,
    version BIGINT NOT NULL,
    code TEXT NOT NULL,
    work_centre TEXT NOT NULL,
    doc JSONB NOT NULL,
    row_version BIGINT NOT NULL,
    PRIMARY KEY (site_id, id, version)
);

CREATE TABLE skill (
    site_id TEXT NOT NULL,
    id TEXT NOT NULL,
    doc JSONB NOT NULL,
    row_version BIGINT NOT NULL,
    PRIMARY KEY (site_id, id)
);

CREATE TABLE defect (
    site_id TEXT NOT NULL,
    id TEXT NOT NULL,
    code TEXT NOT NULL,
    doc JSONB NOT NULL,
    row_version BIGINT NOT NULL,
    PRIMARY KEY (site_id, id)
);

CREATE TABLE picture (
    site_id TEXT NOT NULL,
    hash TEXT NOT NULL,
    media_type TEXT NOT NULL,
    bytes BYTEA NOT NULL,
    row_version BIGINT NOT NULL,
    PRIMARY KEY (site_id, hash)
);

CREATE TABLE style (
    site_id TEXT NOT NULL,
    id TEXT NOT NULL,
    doc JSONB NOT NULL,
    row_version BIGINT NOT NULL,
    PRIMARY KEY (site_id, id)
);

CREATE TABLE routing (
    site_id TEXT NOT NULL,
    id TEXT NOT NULL,
    doc JSONB NOT NULL,
    row_version BIGINT NOT NULL,
    PRIMARY KEY (site_id, id)
);

CREATE TABLE option_value (
    site_id TEXT NOT NULL,
    option_group TEXT NOT NULL,
    id TEXT NOT NULL,
    doc JSONB NOT NULL,
    row_version BIGINT NOT NULL,
    PRIMARY KEY (site_id, option_group, id)
);

CREATE TABLE worker (
    site_id TEXT NOT NULL,
    id UUID PRIMARY KEY,
    badge TEXT NOT NULL,
    doc JSONB NOT NULL,
    pin_salt TEXT,
    pin_hash TEXT,
    revoked_at BIGINT,
    row_version BIGINT NOT NULL,
    CONSTRAINT worker_badge_once UNIQUE (site_id, badge)
);

-- Who may push and pull.
CREATE TABLE station (
    id UUID PRIMARY KEY,
    site_id TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('station', 'server')),
    workstation TEXT NOT NULL,
    scope TEXT NOT NULL,
    public_key BYTEA NOT NULL,
    enrolled_at BIGINT NOT NULL,
    revoked_at BIGINT,
    last_contact_at BIGINT,
    outbox_depth BIGINT NOT NULL,
    oldest_pending_age_ms BIGINT NOT NULL,
    app_version TEXT NOT NULL,
    schema_version BIGINT NOT NULL,
    witnessed_seq BIGINT,
    witnessed_head BYTEA,
    witness_fault TEXT
);
CREATE INDEX station_of_site ON station (site_id);

CREATE TABLE station_incarnation (
    station_id UUID NOT NULL REFERENCES station (id),
    incarnation TEXT NOT NULL,
    last_seq BIGINT NOT NULL,
    last_chain BYTEA NOT NULL,
    lease TEXT NOT NULL,
    previous_lease TEXT NOT NULL,
    begun_at BIGINT NOT NULL,
    retired_at BIGINT,
    PRIMARY KEY (station_id, incarnation)
);

CREATE TABLE enrolment_code (
    selector TEXT PRIMARY KEY,
    hash BYTEA NOT NULL,
    site_id TEXT NOT NULL,
    workstation TEXT NOT NULL,
    scope TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    tries BIGINT NOT NULL,
    used_at BIGINT,
    station_id UUID REFERENCES station (id)
);

-- What happened; never changes. Columns that the bytes do not tell are null.
CREATE TABLE action_log (
    action_id UUID PRIMARY KEY,
    site_id TEXT NOT NULL,
    station_id UUID NOT NULL REFERENCES station (id),
    kind TEXT NOT NULL,
    kind_version BIGINT NOT NULL,
    workstation TEXT,
    work_order_id UUID,
    job_id UUID,
    body BYTEA NOT NULL,
    body_hash BYTEA NOT NULL,
    sig BYTEA NOT NULL,
    worker_id UUID,
    grant_id UUID,
    auth_level BIGINT,
    base_version BIGINT,
    base_cursor BIGINT,
    wall_at BIGINT,
    mono_at BIGINT,
    boot_id TEXT,
    clock_class BIGINT,
    clock_offset_ms BIGINT,
    app_version TEXT,
    schema_version BIGINT,
    received_at BIGINT NOT NULL,
    occurred_at BIGINT NOT NULL
);
CREATE INDEX action_log_of_work_order ON action_log (work_order_id);
CREATE INDEX action_log_of_worker ON action_log (worker_id, occurred_at);

-- Its place in a station's history; a fork adds rows, changes none.
CREATE TABLE submission (
    site_id TEXT NOT NULL,
    station_id UUID NOT NULL,
    incarnation TEXT NOT NULL,
    seq BIGINT NOT NULL,
    action_id UUID NOT NULL REFERENCES action_log (action_id),
    body_hash BYTEA NOT NULL,
    prev_chain BYTEA NOT NULL,
    chain_hash BYTEA NOT NULL,
    fork_of TEXT,
    received_at BIGINT NOT NULL,
    PRIMARY KEY (station_id, incarnation, seq)
);
CREATE INDEX submission_of_action ON submission (action_id);

-- Other bytes that came under an identifier already taken.
CREATE TABLE action_evidence (
    action_id UUID NOT NULL REFERENCES action_log (action_id),
    body_hash BYTEA NOT NULL,
    site_id TEXT NOT NULL,
    station_id UUID NOT NULL,
    body BYTEA NOT NULL,
    sig BYTEA NOT NULL,
    received_at BIGINT NOT NULL,
    PRIMARY KEY (action_id, body_hash)
);

-- What an action came to; the only mutable part.
CREATE TABLE verdict (
    action_id UUID PRIMARY KEY REFERENCES action_log (action_id),
    site_id TEXT NOT NULL,
    station_id UUID NOT NULL,
    work_order_id UUID,
    awaits_code TEXT,
    status TEXT NOT NULL CHECK (status IN ('applied', 'flagged', 'parked', 'closed')),
    reason JSONB,
    conflict JSONB,
    conflict_id UUID,
    commit_seq BIGINT NOT NULL,
    place_in_commit BIGINT NOT NULL,
    judged_at BIGINT NOT NULL
);
CREATE INDEX verdict_of_station ON verdict (station_id, commit_seq);
CREATE INDEX verdict_in_order ON verdict (site_id, commit_seq, place_in_commit);
CREATE INDEX verdict_parked ON verdict (work_order_id) WHERE status = 'parked';
CREATE INDEX verdict_awaiting ON verdict (site_id, awaits_code) WHERE status = 'parked' AND awaits_code IS NOT NULL;

CREATE TABLE conflict (
    id UUID PRIMARY KEY,
    site_id TEXT NOT NULL,
    conflict JSONB NOT NULL,
    action_id UUID NOT NULL,
    other_action_id UUID,
    work_order_id UUID,
    job_id UUID,
    opened_at BIGINT NOT NULL,
    closed_at BIGINT,
    closed_by UUID,
    resolution JSONB,
    row_version BIGINT NOT NULL
);
CREATE INDEX conflict_open ON conflict (site_id, opened_at) WHERE closed_at IS NULL;

-- One hash chain a site over everything above.
CREATE TABLE audit (
    site_id TEXT NOT NULL,
    audit_seq BIGINT NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    bytes BYTEA NOT NULL,
    prev_hash BYTEA NOT NULL,
    hash BYTEA NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (site_id, audit_seq)
);

-- What is judged one writer at a time: a work order, or a code that nothing has yet. The row exists so that it can be
-- locked before its subject does.
CREATE TABLE gate (
    site_id TEXT NOT NULL,
    subject TEXT NOT NULL,
    passes BIGINT NOT NULL,
    PRIMARY KEY (site_id, subject)
);

-- The work order as its facts left it. `doc` is the whole; the columns beside it are for finding it.
CREATE TABLE work_order (
    id UUID PRIMARY KEY,
    site_id TEXT NOT NULL,
    code TEXT NOT NULL,
    number TEXT NOT NULL,
    customer_order TEXT NOT NULL,
    priority TEXT NOT NULL,
    promise_at BIGINT NOT NULL,
    life TEXT NOT NULL,
    complete BOOLEAN NOT NULL,
    version BIGINT NOT NULL,
    row_version BIGINT NOT NULL,
    doc JSONB NOT NULL,
    CONSTRAINT work_order_code_once UNIQUE (site_id, code)
);
CREATE INDEX work_order_promised ON work_order (site_id, complete, promise_at);

-- A projection of the jobs inside `work_order.doc`, for queries.
CREATE TABLE job (
    work_order_id UUID NOT NULL REFERENCES work_order (id),
    id UUID NOT NULL,
    site_id TEXT NOT NULL,
    place BIGINT NOT NULL,
    position BIGINT NOT NULL,
    operation TEXT NOT NULL,
    operation_version BIGINT NOT NULL,
    work_centre TEXT NOT NULL,
    inspection BOOLEAN NOT NULL,
    standing TEXT NOT NULL,
    round BIGINT NOT NULL,
    worker_id UUID,
    workstation TEXT,
    started_at BIGINT,
    finished_at BIGINT,
    standard_time_s BIGINT NOT NULL,
    worked_s BIGINT,
    PRIMARY KEY (work_order_id, id)
);
CREATE INDEX job_at_work_centre ON job (site_id, work_centre, standing);

-- History is only ever added to.
CREATE FUNCTION refuse_to_change_history() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% holds history and is only ever added to', TG_TABLE_NAME;
END;
$$;
CREATE TRIGGER action_log_is_history BEFORE UPDATE OR DELETE OR TRUNCATE ON action_log
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_history();
CREATE TRIGGER submission_is_history BEFORE UPDATE OR DELETE OR TRUNCATE ON submission
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_history();
CREATE TRIGGER action_evidence_is_history BEFORE UPDATE OR DELETE OR TRUNCATE ON action_evidence
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_history();
CREATE TRIGGER audit_is_history BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_history();

-- Whoever writes into the feed has taken the head row in the same transaction.
CREATE FUNCTION refuse_a_number_beside_the_head() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.commit_seq IS DISTINCT FROM (SELECT v FROM sync_head WHERE site_id = NEW.site_id) THEN
        RAISE EXCEPTION '% was written beside the function that takes the head row', TG_TABLE_NAME;
    END IF;
    RETURN NEW;
END;
$$;
CREATE TRIGGER change_follows_head BEFORE INSERT OR UPDATE ON change
    FOR EACH ROW EXECUTE FUNCTION refuse_a_number_beside_the_head();
CREATE TRIGGER verdict_follows_head BEFORE INSERT OR UPDATE ON verdict
    FOR EACH ROW EXECUTE FUNCTION refuse_a_number_beside_the_head();
