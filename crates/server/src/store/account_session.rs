//! Sessions of the office: begun by a sign-in, found by the hash of their token, ended by many things.

use cordwainer_domain::AccountId;
use cordwainer_sync::{Hash, body_hash};
use uuid::Uuid;

use super::Store;
use super::account::{self, KeptAccount};
use super::db::{Tx, on};
use super::fault::StoreFault;

/// A session that nobody used for so long is over.
pub(crate) const IDLE_MS: i64 = 30 * 60 * 1_000;
/// A session is over after so long, used or not.
pub(crate) const LONGEST_MS: i64 = 12 * 60 * 60 * 1_000;
/// How exactly the last use is remembered: a request a second should not be a write a second.
const SEEN_EVERY_MS: i64 = 60 * 1_000;
/// How long an address counts as one from which an account has signed in.
const KNOWN_FOR_MS: i64 = 30 * 24 * 60 * 60 * 1_000;

/// The name of a session: what its token hashes to.
pub(crate) fn token_hash(token: &str) -> Hash {
    body_hash(token.as_bytes())
}

/// Begins a session.
pub(crate) async fn begin(
    tx: &mut Tx,
    token: Hash,
    id: AccountId,
    address: &str,
    now_ms: i64,
) -> Result<(), StoreFault> {
    const SQL: &str = "INSERT INTO account_session (token_hash, account_id, address, begun_at, seen_at) \
                       VALUES ($1, $2, $3, $4, $4)";
    on!(tx, c => sqlx::query(SQL)
        .bind(token.as_bytes())
        .bind(id.0)
        .bind(address)
        .bind(now_ms)
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(())
}

/// Ends one session.
pub(crate) async fn end(tx: &mut Tx, token: Hash, now_ms: i64) -> Result<(), StoreFault> {
    const SQL: &str = "UPDATE account_session SET ended_at = $2 WHERE token_hash = $1 AND ended_at IS NULL";
    on!(tx, c => sqlx::query(SQL).bind(token.as_bytes()).bind(now_ms).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// Ends every session of an account.
pub(crate) async fn end_all(tx: &mut Tx, id: AccountId, now_ms: i64) -> Result<(), StoreFault> {
    const SQL: &str = "UPDATE account_session SET ended_at = $2 WHERE account_id = $1 AND ended_at IS NULL";
    on!(tx, c => sqlx::query(SQL).bind(id.0).bind(now_ms).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// Whether an account has signed in from an address before.
pub(crate) async fn knows_address(tx: &mut Tx, id: AccountId, address: &str, now_ms: i64) -> Result<bool, StoreFault> {
    const SQL: &str = "SELECT COUNT(*) FROM account_session WHERE account_id = $1 AND address = $2 AND begun_at > $3";
    let since = now_ms - KNOWN_FOR_MS;
    let count: i64 = on!(tx, c => sqlx::query_scalar(SQL).bind(id.0).bind(address).bind(since).fetch_one(c).await)?;
    Ok(count > 0)
}

impl Store {
    /// Whose session a token is, if it is not over; asked before every verb, so that what ends a session ends it at once.
    pub(crate) async fn use_session(&self, token: Hash) -> Result<Option<KeptAccount>, StoreFault> {
        const SQL: &str = "SELECT account_id, seen_at FROM account_session \
                           WHERE token_hash = $1 AND ended_at IS NULL AND seen_at > $2 AND begun_at > $3";
        let now_ms = self.clock().now().timestamp_millis();
        let mut tx = self.db().read().await?;
        let found: Option<(Uuid, i64)> = on!(&mut tx, c => sqlx::query_as(SQL)
            .bind(token.as_bytes())
            .bind(now_ms - IDLE_MS)
            .bind(now_ms - LONGEST_MS)
            .fetch_optional(c)
            .await)?;
        let Some((id, seen_at)) = found else { return Ok(None) };
        let account = account::find(&mut tx, AccountId(id)).await?.filter(|kept| kept.account.active);
        drop(tx);
        if account.is_some() && now_ms - seen_at > SEEN_EVERY_MS {
            self.saw_session(token, now_ms).await?;
        }
        Ok(account)
    }

    /// Forgets sessions that began so long ago that they say nothing any more.
    pub(crate) async fn sweep_sessions(&self) -> Result<u64, StoreFault> {
        const SQL: &str = "DELETE FROM account_session WHERE begun_at < $1";
        self.delete_before(SQL, self.clock().now().timestamp_millis() - KNOWN_FOR_MS).await
    }

    async fn saw_session(&self, token: Hash, now_ms: i64) -> Result<(), StoreFault> {
        const SQL: &str = "UPDATE account_session SET seen_at = $2 WHERE token_hash = $1 AND ended_at IS NULL";
        let mut tx = self.db().write().await?;
        on!(&mut tx, c => sqlx::query(SQL)
            .bind(token.as_bytes())
            .bind(now_ms)
            .execute(c)
            .await
            .map(|_| ()))?;
        tx.commit().await
    }
}
