-- The server's own certificate authority, and the moment at which a person compared a new station's fingerprint.
CREATE TABLE authority (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    private_key BYTEA NOT NULL,
    certificate BYTEA NOT NULL,
    created_at BIGINT NOT NULL
);
ALTER TABLE station ADD COLUMN confirmed_at BIGINT;
-- Whoever was enrolled before there was anything to compare goes on working.
UPDATE station SET confirmed_at = enrolled_at;
