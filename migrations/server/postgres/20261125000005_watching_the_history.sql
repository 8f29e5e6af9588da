-- Signed checkpoints of the audit chain, and a mark on a database that has moved elsewhere, so that nobody goes on writing
-- into the old one.

CREATE TABLE checkpoint (
    site_id TEXT NOT NULL,
    epoch TEXT NOT NULL,
    audit_seq BIGINT NOT NULL,
    audit_head BYTEA NOT NULL,
    at BIGINT NOT NULL,
    sig BYTEA NOT NULL,
    PRIMARY KEY (site_id, epoch, audit_seq)
);

-- The proof reads pair by pair, in the order of judgement.
CREATE INDEX verdict_of_work_order ON verdict (site_id, work_order_id, commit_seq, place_in_commit);

ALTER TABLE server_identity ADD COLUMN moved_to TEXT;

CREATE TRIGGER checkpoint_is_history BEFORE UPDATE OR DELETE OR TRUNCATE ON checkpoint
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_history();

CREATE FUNCTION refuse_a_head_that_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT moved_to FROM server_identity WHERE id = 1) IS NOT NULL THEN
        RAISE EXCEPTION 'this database has moved elsewhere; start the server on the new one';
    END IF;
    RETURN NEW;
END;
$$;
CREATE TRIGGER sync_head_stays_when_moved BEFORE UPDATE ON sync_head
    FOR EACH ROW EXECUTE FUNCTION refuse_a_head_that_moved();
