-- What the office makes of the labels that ship with the program: a draft of a kind, and every version that was released.
CREATE TABLE label_draft (
    site_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    doc TEXT NOT NULL,
    changed_by BLOB NOT NULL,
    changed_at INTEGER NOT NULL,
    row_version INTEGER NOT NULL,
    PRIMARY KEY (site_id, kind)
) STRICT;

CREATE TABLE label_release (
    site_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    version INTEGER NOT NULL,
    doc TEXT NOT NULL,
    reason TEXT NOT NULL,
    released_by BLOB NOT NULL,
    released_at INTEGER NOT NULL,
    PRIMARY KEY (site_id, kind, version)
) STRICT;

-- A released version is what labels were printed with.
CREATE TRIGGER label_release_refuses_update BEFORE UPDATE ON label_release
BEGIN SELECT RAISE(ABORT, 'label_release holds history and is only ever added to'); END;
CREATE TRIGGER label_release_refuses_delete BEFORE DELETE ON label_release
BEGIN SELECT RAISE(ABORT, 'label_release holds history and is only ever added to'); END;
