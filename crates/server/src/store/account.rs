//! Accounts of the office. Every change goes through [`Writing`], so that the audit chain says who did it.

use chrono::{DateTime, Utc};
use cordwainer_domain::people::{Account, LoginName, OfficeRole};
use cordwainer_domain::{AccountId, Language, SiteId};
use cordwainer_protocol::Secret;
use sqlx::types::Json;
use uuid::Uuid;

use super::Store;
use super::db::{Tx, on};
use super::fault::{StoreFault, bad_row};
use super::writing::Writing;
use crate::clock::from_ms;

/// An account with what proves who uses it.
#[derive(Clone, Debug)]
pub(crate) struct KeptAccount {
    pub(crate) account: Account,
    pub(crate) site: SiteId,
    /// Argon2id, in PHC form.
    pub(crate) password_hash: Secret,
    /// The password was made by somebody else, and is good until then.
    pub(crate) password_until: Option<DateTime<Utc>>,
    /// The second factor, once the person has shown that it works.
    pub(crate) totp_secret: Option<Secret<Vec<u8>>>,
    /// A second factor that was shown and not proven yet.
    pub(crate) totp_offered: Option<Secret<Vec<u8>>>,
    pub(crate) signed_in_at: Option<DateTime<Utc>>,
    pub(crate) row_version: i64,
}

#[derive(sqlx::FromRow)]
struct AccountRow {
    id: Uuid,
    site_id: String,
    login: String,
    name: String,
    roles: Json<Vec<OfficeRole>>,
    language: String,
    active: bool,
    password_hash: String,
    password_until: Option<i64>,
    totp_secret: Option<Vec<u8>>,
    totp_offered: Option<Vec<u8>>,
    signed_in_at: Option<i64>,
    row_version: i64,
}

const COLUMNS: &str = "id, site_id, login, name, roles, language, active, password_hash, password_until, totp_secret, \
                       totp_offered, signed_in_at, row_version";

impl TryFrom<AccountRow> for KeptAccount {
    type Error = StoreFault;

    fn try_from(row: AccountRow) -> Result<Self, StoreFault> {
        let login = LoginName::parse(&row.login).map_err(|fault| bad_row("account", "login", row.id, fault))?;
        let language = serde_json::from_value(row.language.as_str().into())
            .map_err(|fault| bad_row("account", "language", row.id, fault))?;
        let account =
            Account { id: AccountId(row.id), login, name: row.name, roles: row.roles.0, language, active: row.active };
        Ok(Self {
            account,
            site: SiteId(row.site_id),
            password_hash: Secret::new(row.password_hash),
            password_until: row.password_until.map(from_ms),
            totp_secret: row.totp_secret.map(Secret::new),
            totp_offered: row.totp_offered.map(Secret::new),
            signed_in_at: row.signed_in_at.map(from_ms),
            row_version: row.row_version,
        })
    }
}

impl Store {
    /// The account with this login name.
    pub(crate) async fn account_by_login(&self, login: &LoginName) -> Result<Option<KeptAccount>, StoreFault> {
        let sql = sqlx::AssertSqlSafe(format!("SELECT {COLUMNS} FROM account WHERE login = $1"));
        let mut tx = self.db().read().await?;
        let row: Option<AccountRow> =
            on!(&mut tx, c => sqlx::query_as(sql).bind(login.as_str()).fetch_optional(c).await)?;
        row.map(KeptAccount::try_from).transpose()
    }

    /// Every account of a site, in the order of their login names.
    pub(crate) async fn accounts(&self, site: &SiteId) -> Result<Vec<KeptAccount>, StoreFault> {
        let mut tx = self.db().read().await?;
        of_site(&mut tx, site).await
    }
}

/// Every account of a site.
pub(crate) async fn of_site(tx: &mut Tx, site: &SiteId) -> Result<Vec<KeptAccount>, StoreFault> {
    let sql = sqlx::AssertSqlSafe(format!("SELECT {COLUMNS} FROM account WHERE site_id = $1 ORDER BY login"));
    let rows: Vec<AccountRow> = on!(tx, c => sqlx::query_as(sql).bind(site.as_str()).fetch_all(c).await)?;
    rows.into_iter().map(KeptAccount::try_from).collect()
}

/// The account of an identifier, of whatever site.
pub(crate) async fn find(tx: &mut Tx, id: AccountId) -> Result<Option<KeptAccount>, StoreFault> {
    let sql = sqlx::AssertSqlSafe(format!("SELECT {COLUMNS} FROM account WHERE id = $1"));
    let row: Option<AccountRow> = on!(tx, c => sqlx::query_as(sql).bind(id.0).fetch_optional(c).await)?;
    row.map(KeptAccount::try_from).transpose()
}

/// The account of an identifier, kept from others until the end of the transaction.
pub(crate) async fn lock(tx: &mut Tx, site: &SiteId, id: AccountId) -> Result<Option<KeptAccount>, StoreFault> {
    let sql = sqlx::AssertSqlSafe(format!(
        "UPDATE account SET row_version = row_version WHERE id = $1 AND site_id = $2 RETURNING {COLUMNS}"
    ));
    let row: Option<AccountRow> =
        on!(tx, c => sqlx::query_as(sql).bind(id.0).bind(site.as_str()).fetch_optional(c).await)?;
    row.map(KeptAccount::try_from).transpose()
}

/// Adds an account with a password that is good for one sign-in. False when somebody has the login name.
pub(crate) async fn add(
    writing: &mut Writing,
    account: &Account,
    password_hash: &Secret,
    password_until: DateTime<Utc>,
) -> Result<bool, StoreFault> {
    const SQL: &str = "INSERT INTO account (id, site_id, login, name, roles, language, active, password_hash, \
                       password_until, created_at, row_version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1) \
                       ON CONFLICT (login) DO NOTHING RETURNING row_version";
    let now_ms = writing.now_ms();
    let added: Option<i64> = on!(&mut writing.tx, c => sqlx::query_scalar(SQL)
        .bind(account.id.0)
        .bind(writing.site.as_str())
        .bind(account.login.as_str())
        .bind(&account.name)
        .bind(Json(&account.roles))
        .bind(language_key(account.language))
        .bind(account.active)
        .bind(password_hash.expose())
        .bind(password_until.timestamp_millis())
        .bind(now_ms)
        .fetch_optional(c)
        .await)?;
    Ok(added.is_some())
}

/// Writes what an administrator may change.
pub(crate) async fn change(writing: &mut Writing, account: &Account) -> Result<(), StoreFault> {
    const SQL: &str = "UPDATE account SET name = $2, roles = $3, language = $4, active = $5, \
                       row_version = row_version + 1 WHERE id = $1";
    on!(&mut writing.tx, c => sqlx::query(SQL)
        .bind(account.id.0)
        .bind(&account.name)
        .bind(Json(&account.roles))
        .bind(language_key(account.language))
        .bind(account.active)
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(())
}

/// Writes a password; one with an end was made by somebody else.
pub(crate) async fn set_password(
    writing: &mut Writing,
    id: AccountId,
    hash: &Secret,
    until: Option<DateTime<Utc>>,
) -> Result<(), StoreFault> {
    const SQL: &str =
        "UPDATE account SET password_hash = $2, password_until = $3, row_version = row_version + 1 WHERE id = $1";
    on!(&mut writing.tx, c => sqlx::query(SQL)
        .bind(id.0)
        .bind(hash.expose())
        .bind(until.map(|until| until.timestamp_millis()))
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(())
}

/// Remembers a second factor that was shown; it counts once it is proven.
pub(crate) async fn offer_totp(writing: &mut Writing, id: AccountId, secret: &[u8]) -> Result<(), StoreFault> {
    const SQL: &str = "UPDATE account SET totp_offered = $2 WHERE id = $1";
    on!(&mut writing.tx, c => sqlx::query(SQL).bind(id.0).bind(secret).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// The shown second factor counts from now on; the step that proved it is spent.
pub(crate) async fn take_totp(writing: &mut Writing, id: AccountId, step: i64) -> Result<(), StoreFault> {
    const SQL: &str = "UPDATE account SET totp_secret = totp_offered, totp_offered = NULL, totp_step = $2, \
                       row_version = row_version + 1 WHERE id = $1 AND totp_offered IS NOT NULL";
    on!(&mut writing.tx, c => sqlx::query(SQL).bind(id.0).bind(step).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// Forgets the second factor: the person has lost it.
pub(crate) async fn forget_totp(writing: &mut Writing, id: AccountId) -> Result<(), StoreFault> {
    const SQL: &str = "UPDATE account SET totp_secret = NULL, totp_offered = NULL, row_version = row_version + 1 \
                       WHERE id = $1";
    on!(&mut writing.tx, c => sqlx::query(SQL).bind(id.0).execute(c).await.map(|_| ()))?;
    set_recovery_codes(writing, id, &[]).await
}

/// Spends a step of the second factor. False when it, or a later one, was spent before: each code is good once.
pub(crate) async fn spend_totp_step(tx: &mut Tx, id: AccountId, step: i64) -> Result<bool, StoreFault> {
    const SQL: &str = "UPDATE account SET totp_step = $2 WHERE id = $1 AND (totp_step IS NULL OR totp_step < $2) \
                       RETURNING id";
    let spent: Option<Uuid> = on!(tx, c => sqlx::query_scalar(SQL).bind(id.0).bind(step).fetch_optional(c).await)?;
    Ok(spent.is_some())
}

/// Remembers a sign-in.
pub(crate) async fn signed_in(tx: &mut Tx, id: AccountId, now_ms: i64) -> Result<(), StoreFault> {
    const SQL: &str = "UPDATE account SET signed_in_at = $2 WHERE id = $1";
    on!(tx, c => sqlx::query(SQL).bind(id.0).bind(now_ms).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// Replaces an account's recovery codes by the ones with these hashes.
pub(crate) async fn set_recovery_codes(
    writing: &mut Writing,
    id: AccountId,
    hashes: &[Vec<u8>],
) -> Result<(), StoreFault> {
    const FORGET: &str = "DELETE FROM recovery_code WHERE account_id = $1";
    const ADD: &str = "INSERT INTO recovery_code (account_id, hash) VALUES ($1, $2)";
    on!(&mut writing.tx, c => sqlx::query(FORGET).bind(id.0).execute(c).await.map(|_| ()))?;
    for hash in hashes {
        on!(&mut writing.tx, c => sqlx::query(ADD).bind(id.0).bind(hash.as_slice()).execute(c).await.map(|_| ()))?;
    }
    Ok(())
}

/// Spends a recovery code. False when there is none of that hash, or it was used.
pub(crate) async fn spend_recovery_code(
    tx: &mut Tx,
    id: AccountId,
    hash: &[u8],
    now_ms: i64,
) -> Result<bool, StoreFault> {
    const SQL: &str = "UPDATE recovery_code SET used_at = $3 WHERE account_id = $1 AND hash = $2 AND used_at IS NULL \
                       RETURNING account_id";
    let spent: Option<Uuid> =
        on!(tx, c => sqlx::query_scalar(SQL).bind(id.0).bind(hash).bind(now_ms).fetch_optional(c).await)?;
    Ok(spent.is_some())
}

/// How many recovery codes are left.
pub(crate) async fn recovery_codes_left(tx: &mut Tx, id: AccountId) -> Result<i64, StoreFault> {
    const SQL: &str = "SELECT COUNT(*) FROM recovery_code WHERE account_id = $1 AND used_at IS NULL";
    Ok(on!(tx, c => sqlx::query_scalar(SQL).bind(id.0).fetch_one(c).await)?)
}

const fn language_key(language: Language) -> &'static str {
    match language {
        Language::ZhCn => "zh-CN",
        Language::En => "en",
    }
}
