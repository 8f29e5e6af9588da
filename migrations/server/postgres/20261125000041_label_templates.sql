-- What the office makes of the labels that ship with the program: a draft of a kind, and every version that was released.
CREATE TABLE label_draft (
    site_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    doc JSONB NOT NULL,
    changed_by UUID NOT NULL,
    changed_at BIGINT NOT NULL,
    row_version BIGINT NOT NULL,
    PRIMARY KEY (site_id, kind)
);

CREATE TABLE label_release (
    site_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    version BIGINT NOT NULL,
    doc JSONB NOT NULL,
    reason TEXT NOT NULL,
    released_by UUID NOT NULL,
    released_at BIGINT NOT NULL,
    PRIMARY KEY (site_id, kind, version)
);

-- A released version is what labels were printed with.
CREATE TRIGGER label_release_is_history BEFORE UPDATE OR DELETE OR TRUNCATE ON label_release
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_history();
