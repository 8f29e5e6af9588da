-- Signed checkpoints of the audit chain, and a mark on a database that has moved elsewhere, so that nobody goes on writing
-- into the old one.

CREATE TABLE checkpoint (
    site_id TEXT NOT NULL,
    epoch TEXT NOT NULL,
    audit_seq INTEGER NOT NULL,
    audit_head BLOB NOT NULL,
    at INTEGER NOT NULL,
    sig BLOB NOT NULL,
    PRIMARY KEY (site_id, epoch, audit_seq)
) STRICT;

-- The proof reads pair by pair, in the order of judgement.
CREATE INDEX verdict_of_work_order ON verdict (site_id, work_order_id, commit_seq, place_in_commit);

ALTER TABLE server_identity ADD COLUMN moved_to TEXT;

CREATE TRIGGER checkpoint_refuses_update BEFORE UPDATE ON checkpoint
BEGIN SELECT RAISE(ABORT, 'checkpoint holds history and is only ever added to'); END;
CREATE TRIGGER checkpoint_refuses_delete BEFORE DELETE ON checkpoint
BEGIN SELECT RAISE(ABORT, 'checkpoint holds history and is only ever added to'); END;

CREATE TRIGGER sync_head_stays_when_moved BEFORE UPDATE ON sync_head
WHEN (SELECT moved_to FROM server_identity WHERE id = 1) IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'this database has moved elsewhere; start the server on the new one'); END;
