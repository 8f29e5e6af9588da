//! Failed sign-ins, counted where every server process sees them.

use cordwainer_sync::Hash;

use super::db::{Tx, on};
use super::fault::StoreFault;

/// Failures are forgotten after a day without another one.
const FORGET_AFTER_MS: i64 = 24 * 60 * 60 * 1_000;

/// What is known of a subject.
#[derive(sqlx::FromRow, Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Failures {
    pub(crate) failures: i64,
    pub(crate) failed_at: i64,
}

/// The failures of a subject, kept from others until the end of the transaction.
pub(crate) async fn lock(tx: &mut Tx, subject: Hash, now_ms: i64) -> Result<Failures, StoreFault> {
    const SQL: &str = "INSERT INTO sign_in_guard (subject, failures, failed_at) VALUES ($1, 0, $2) \
                       ON CONFLICT (subject) DO UPDATE SET failures = sign_in_guard.failures \
                       RETURNING failures, failed_at";
    Ok(on!(tx, c => sqlx::query_as(SQL).bind(subject.as_bytes()).bind(now_ms).fetch_one(c).await)?)
}

/// Counts a failure.
pub(crate) async fn count(tx: &mut Tx, subject: Hash, now_ms: i64) -> Result<(), StoreFault> {
    const SQL: &str = "UPDATE sign_in_guard SET failures = failures + 1, failed_at = $2 WHERE subject = $1";
    on!(tx, c => sqlx::query(SQL).bind(subject.as_bytes()).bind(now_ms).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// Takes one failure back: it was none.
pub(crate) async fn take_back(tx: &mut Tx, subject: Hash) -> Result<(), StoreFault> {
    const SQL: &str = "UPDATE sign_in_guard SET failures = failures - 1 WHERE subject = $1 AND failures > 0";
    on!(tx, c => sqlx::query(SQL).bind(subject.as_bytes()).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// Forgets a subject.
pub(crate) async fn forget(tx: &mut Tx, subject: Hash) -> Result<(), StoreFault> {
    const SQL: &str = "DELETE FROM sign_in_guard WHERE subject = $1";
    on!(tx, c => sqlx::query(SQL).bind(subject.as_bytes()).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// Forgets what is a day old.
pub(crate) async fn tidy(tx: &mut Tx, now_ms: i64) -> Result<(), StoreFault> {
    const SQL: &str = "DELETE FROM sign_in_guard WHERE failed_at < $1";
    on!(tx, c => sqlx::query(SQL).bind(now_ms - FORGET_AFTER_MS).execute(c).await.map(|_| ()))?;
    Ok(())
}
