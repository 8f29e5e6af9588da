//! One-time codes that make an installation of the app a station. Only their hashes are stored.

use chrono::{DateTime, TimeDelta, Utc};
use cordwainer_domain::code::BASE_32;
use cordwainer_domain::{SiteId, StationId, WorkstationId};
use cordwainer_sync::body_hash;
use serde_json::{Value, json};
use uuid::Uuid;

use super::Store;
use super::audit::Entry;
use super::db::{Tx, on};
use super::fault::StoreFault;
use crate::clock::random;

/// How long a code is good for, minutes.
const GOOD_FOR_MIN: i64 = 10;
/// How long an expired code stays, so that a person can still see what became of it.
const STAY_DAYS: i64 = 7;
/// How many failures kill a code.
pub(crate) const MOST_TRIES: i64 = 5;
/// Characters that carry the code's 128 bits.
pub(crate) const CODE_CHARACTERS: usize = 26;
/// Characters that find the code's row; guessing the rest counts as a try.
const SELECTOR_CHARACTERS: usize = 6;
/// Hexadecimal digits of the server key's hash that follow the hyphen.
const KEY_HASH_DIGITS: usize = 16;

/// A fresh code, to be shown once.
#[derive(Clone, PartialEq, Eq)]
pub struct EnrolmentCode {
    /// What the new station is told.
    pub code: String,
    /// Where it will stand.
    pub workstation: WorkstationId,
    /// What it will hold.
    pub scope: String,
    /// Until when.
    pub expires_at: DateTime<Utc>,
}

impl std::fmt::Debug for EnrolmentCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EnrolmentCode").field("workstation", &self.workstation).finish_non_exhaustive()
    }
}

/// A stored code.
#[derive(sqlx::FromRow, Clone, Debug)]
pub(crate) struct CodeRow {
    pub(crate) selector: String,
    pub(crate) hash: Vec<u8>,
    pub(crate) site_id: String,
    pub(crate) workstation: String,
    pub(crate) scope: String,
    pub(crate) expires_at: i64,
    pub(crate) tries: i64,
    pub(crate) used_at: Option<i64>,
    pub(crate) station_id: Option<Uuid>,
}

/// A workstation that a name found: its site, its key, its work centre.
type Found = (SiteId, String, Option<String>);

impl Store {
    /// Makes a code for a workstation, named by its key or by the code on its sign. `whole_floor` lets the station hold
    /// everything; one at a workstation without a work centre does anyway.
    ///
    /// # Errors
    /// [`StoreFault::Missing`] when no site has such a workstation.
    pub async fn make_enrolment_code(&self, workstation: &str, whole_floor: bool) -> Result<EnrolmentCode, StoreFault> {
        let found = self.find_workstation(workstation, None).await?;
        self.make_code(found, whole_floor, &json!("command_line")).await
    }

    /// Makes a code for a workstation of one site, and notes who did.
    pub(crate) async fn enrolment_code_at(
        &self,
        site: &SiteId,
        workstation: &str,
        whole_floor: bool,
        by: &Value,
    ) -> Result<EnrolmentCode, StoreFault> {
        let found = self.find_workstation(workstation, Some(site)).await?;
        self.make_code(found, whole_floor, by).await
    }

    async fn make_code(&self, found: Found, whole_floor: bool, by: &Value) -> Result<EnrolmentCode, StoreFault> {
        const SQL: &str = "INSERT INTO enrolment_code (selector, hash, site_id, workstation, scope, made_at, expires_at, \
                           tries) VALUES ($1, $2, $3, $4, $5, $6, $7, 0)";
        let (site, id, work_centre) = found;
        let scope = work_centre.filter(|_| !whole_floor).unwrap_or_else(|| "*".to_owned());
        let secret = base_32(&random(self.ids()));
        let mut writing = self.writing(&site).await?;
        let now_ms = writing.now_ms();
        let expires_at = writing.now + TimeDelta::minutes(GOOD_FOR_MIN);
        on!(&mut writing.tx, c => sqlx::query(SQL)
            .bind(&secret[..SELECTOR_CHARACTERS])
            .bind(body_hash(secret.as_bytes()).as_bytes())
            .bind(site.as_str())
            .bind(&id)
            .bind(&scope)
            .bind(now_ms)
            .bind(expires_at.timestamp_millis())
            .execute(c)
            .await
            .map(|_| ()))?;
        let what = json!({ "by": by, "workstation": id, "scope": scope, "expires_at": expires_at.timestamp_millis() });
        writing.note(Entry::new("enrolment_code_made", &id, &what)?);
        writing.close().await?;
        let code = format!("{secret}-{}", self.key_hash());
        Ok(EnrolmentCode { code, workstation: WorkstationId(id), scope, expires_at })
    }

    /// Removes codes that expired long ago. That each was made, and what became of it, stays in the audit chain.
    pub(crate) async fn sweep_enrolment_codes(&self) -> Result<u64, StoreFault> {
        const SQL: &str = "DELETE FROM enrolment_code WHERE expires_at < $1";
        let before_ms = (self.clock().now() - TimeDelta::days(STAY_DAYS)).timestamp_millis();
        self.delete_before(SQL, before_ms).await
    }

    /// What follows the hyphen of a code: the beginning of the hash of the server's public key.
    pub(crate) fn key_hash(&self) -> String {
        let mut digits = body_hash(self.identity().public_key().as_bytes()).to_string();
        digits.truncate(KEY_HASH_DIGITS);
        digits
    }

    async fn find_workstation(&self, name: &str, site: Option<&SiteId>) -> Result<Found, StoreFault> {
        const SQL: &str = "SELECT site_id, id, work_centre FROM workstation WHERE (id = $1 OR code = $1) \
                           AND retired_at IS NULL ORDER BY site_id";
        let mut tx = self.db().read().await?;
        let mut rows: Vec<(String, String, Option<String>)> =
            on!(&mut tx, c => sqlx::query_as(SQL).bind(name).fetch_all(c).await)?;
        rows.retain(|(of, _, _)| site.is_none_or(|site| site.as_str() == of));
        match <[_; 1]>::try_from(rows) {
            Ok([(site, id, work_centre)]) => Ok((SiteId(site), id, work_centre)),
            Err(rows) if rows.is_empty() => Err(StoreFault::Missing { what: "workstation", id: name.to_owned() }),
            Err(_) => {
                Err(StoreFault::Refused(format!("several sites have a workstation {name}; use the code on its sign")))
            }
        }
    }
}

/// The stored code that a shown one may be. The row stays locked until the end of the transaction.
pub(crate) async fn find(tx: &mut Tx, secret: &str) -> Result<Option<CodeRow>, StoreFault> {
    const SQL: &str = "UPDATE enrolment_code SET tries = tries WHERE selector = $1 \
                       RETURNING selector, hash, site_id, workstation, scope, expires_at, tries, used_at, station_id";
    let Some(selector) = secret.get(..SELECTOR_CHARACTERS) else { return Ok(None) };
    Ok(on!(tx, c => sqlx::query_as(SQL).bind(selector).fetch_optional(c).await)?)
}

/// Counts a failure.
pub(crate) async fn count_failure(tx: &mut Tx, selector: &str) -> Result<(), StoreFault> {
    const SQL: &str = "UPDATE enrolment_code SET tries = tries + 1 WHERE selector = $1";
    on!(tx, c => sqlx::query(SQL).bind(selector).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// Spends a code on a station.
pub(crate) async fn spend(tx: &mut Tx, selector: &str, station: StationId, now_ms: i64) -> Result<(), StoreFault> {
    const SQL: &str = "UPDATE enrolment_code SET used_at = $2, station_id = $3 WHERE selector = $1";
    on!(tx, c => sqlx::query(SQL).bind(selector).bind(now_ms).bind(station.0).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// 128 bits as 26 characters of Crockford's base 32.
fn base_32(bytes: &[u8; 16]) -> String {
    let mut rest = u128::from_be_bytes(*bytes);
    let mut characters = [0_u8; CODE_CHARACTERS];
    for character in characters.iter_mut().rev() {
        *character = BASE_32[usize::try_from(rest % 32).unwrap_or_default()];
        rest /= 32;
    }
    String::from_utf8_lossy(&characters).into_owned()
}
