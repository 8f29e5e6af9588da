-- The office signs in: accounts, their sessions, and what slows down whoever guesses. A workstation can be retired.

CREATE TABLE account (
    id UUID PRIMARY KEY,
    site_id TEXT NOT NULL,
    login TEXT NOT NULL,
    name TEXT NOT NULL,
    roles JSONB NOT NULL,
    language TEXT NOT NULL,
    active BOOLEAN NOT NULL,
    password_hash TEXT NOT NULL,
    password_until BIGINT,
    totp_secret BYTEA,
    totp_offered BYTEA,
    totp_step BIGINT,
    signed_in_at BIGINT,
    created_at BIGINT NOT NULL,
    row_version BIGINT NOT NULL,
    CONSTRAINT account_login_once UNIQUE (login)
);

CREATE TABLE recovery_code (
    account_id UUID NOT NULL REFERENCES account (id),
    hash BYTEA NOT NULL,
    used_at BIGINT,
    PRIMARY KEY (account_id, hash)
);

-- Only the hash of a session's token is kept: whoever reads this table cannot sign in with it.
CREATE TABLE account_session (
    token_hash BYTEA PRIMARY KEY,
    account_id UUID NOT NULL REFERENCES account (id),
    address TEXT NOT NULL,
    begun_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    ended_at BIGINT
);
CREATE INDEX account_session_of_account ON account_session (account_id, address);

-- A subject is the hash of a login name with an address, or of one of the two.
CREATE TABLE sign_in_guard (
    subject BYTEA PRIMARY KEY,
    failures BIGINT NOT NULL,
    failed_at BIGINT NOT NULL
);

ALTER TABLE workstation ADD COLUMN retired_at BIGINT;
