-- The office signs in: accounts, their sessions, and what slows down whoever guesses. A workstation can be retired.

CREATE TABLE account (
    id BLOB PRIMARY KEY,
    site_id TEXT NOT NULL,
    login TEXT NOT NULL,
    name TEXT NOT NULL,
    roles TEXT NOT NULL,
    language TEXT NOT NULL,
    active INTEGER NOT NULL,
    password_hash TEXT NOT NULL,
    password_until INTEGER,
    totp_secret BLOB,
    totp_offered BLOB,
    totp_step INTEGER,
    signed_in_at INTEGER,
    created_at INTEGER NOT NULL,
    row_version INTEGER NOT NULL,
    CONSTRAINT account_login_once UNIQUE (login)
) STRICT;

CREATE TABLE recovery_code (
    account_id BLOB NOT NULL REFERENCES account (id),
    hash BLOB NOT NULL,
    used_at INTEGER,
    PRIMARY KEY (account_id, hash)
) STRICT;

-- Only the hash of a session's token is kept: whoever reads this table cannot sign in with it.
CREATE TABLE account_session (
    token_hash BLOB PRIMARY KEY,
    account_id BLOB NOT NULL REFERENCES account (id),
    address TEXT NOT NULL,
    begun_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL,
    ended_at INTEGER
) STRICT;
CREATE INDEX account_session_of_account ON account_session (account_id, address);

-- A subject is the hash of a login name with an address, or of one of the two.
CREATE TABLE sign_in_guard (
    subject BLOB PRIMARY KEY,
    failures INTEGER NOT NULL,
    failed_at INTEGER NOT NULL
) STRICT;

ALTER TABLE workstation ADD COLUMN retired_at INTEGER;
