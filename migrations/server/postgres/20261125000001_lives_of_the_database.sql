-- Lives of the database are remembered, so that a checkpoint signed in one that it has forgotten proves a restored copy.
CREATE TABLE server_epoch (
    epoch TEXT PRIMARY KEY,
    cause TEXT NOT NULL CHECK (cause IN ('made', 'restored', 'rolled_back')),
    began_at BIGINT NOT NULL,
    judging_resumes_at BIGINT
);
INSERT INTO server_epoch (epoch, cause, began_at) SELECT epoch, 'made', created_at FROM server_identity;

-- The life under which a station has offered everything that it retains.
ALTER TABLE station ADD COLUMN offered_epoch TEXT NOT NULL DEFAULT '';
