-- The server's own certificate authority, and the moment at which a person compared a new station's fingerprint.
CREATE TABLE authority (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    private_key BLOB NOT NULL,
    certificate BLOB NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;
ALTER TABLE station ADD COLUMN confirmed_at INTEGER;
-- Whoever was enrolled before there was anything to compare goes on working.
UPDATE station SET confirmed_at = enrolled_at;
