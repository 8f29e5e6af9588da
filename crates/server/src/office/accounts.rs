//! Accounts as an administrator keeps them. The last administrator cannot go, and nobody locks himself out.

use chrono::{DateTime, TimeDelta, Utc};
use cordwainer_domain::people::{Account, LoginName, OfficeRole};
use cordwainer_domain::{AccountId, Language, SiteId};
use cordwainer_protocol::Secret;
use cordwainer_protocol::office::{AccountChange, AccountLine, NewAccount, OfficeRefusal, OneTimePassword};
use serde_json::{Value, json};

use super::caller::Caller;
use super::credentials::{hash_password, one_time_password};
use super::fault::OfficeFault;
use crate::store::account::{self, KeptAccount};
use crate::store::audit::Entry;
use crate::store::db::retried;
use crate::store::writing::Writing;
use crate::store::{Store, account_session};

/// How long a password made by somebody else is good for.
const ONE_TIME_GOOD_FOR: TimeDelta = TimeDelta::hours(72);

/// An account that was just made, from the command line.
#[derive(Clone, Debug)]
pub struct AddedAccount {
    /// Site.
    pub site: SiteId,
    /// The password for the first sign-in.
    pub password: OneTimePassword,
}

/// Every account of the caller's site.
pub(crate) async fn list(store: &Store, caller: &Caller) -> Result<Vec<AccountLine>, OfficeFault> {
    Ok(store.accounts(&caller.site).await?.iter().map(line_of).collect())
}

fn line_of(kept: &KeptAccount) -> AccountLine {
    AccountLine {
        id: kept.account.id,
        login: kept.account.login.clone(),
        name: kept.account.name.clone(),
        roles: kept.account.roles.clone(),
        language: kept.account.language,
        active: kept.account.active,
        second_factor: kept.totp_secret.is_some(),
        password_due: kept.password_until.is_some(),
        signed_in_at: kept.signed_in_at,
        row_version: kept.row_version,
    }
}

/// Makes an account with a password for one sign-in.
pub(crate) async fn add(store: &Store, caller: &Caller, wanted: &NewAccount) -> Result<OneTimePassword, OfficeFault> {
    let id = AccountId(store.ids().uuid_v7(store.clock().now()));
    let account = Account::open(id, &wanted.login, &wanted.name, &wanted.roles, wanted.language)?;
    add_account(store, &caller.site, &account, &json!(caller.account.id)).await
}

impl Store {
    /// Makes an account from the command line: the first administrator, or one more when all are locked out.
    ///
    /// # Errors
    /// [`OfficeFault`] when there is no site yet, more than one and none named, or the account cannot be so.
    pub async fn add_account(
        &self,
        site: Option<SiteId>,
        login: &str,
        name: &str,
        roles: &[OfficeRole],
        language: Language,
    ) -> Result<AddedAccount, OfficeFault> {
        let sites = self.sites().await?;
        let fits = |known: &&SiteId| site.as_ref().is_none_or(|named| named == *known);
        let found: Vec<&SiteId> = sites.iter().filter(fits).collect();
        let [site] = found[..] else {
            let told = if found.is_empty() { "there is no such site; load a factory first" } else { "name the site" };
            return Err(OfficeFault::Malformed(told.to_owned()));
        };
        let id = AccountId(self.ids().uuid_v7(self.clock().now()));
        let account = Account::open(id, login, name, roles, language)?;
        let password = add_account(self, site, &account, &json!("command_line")).await?;
        Ok(AddedAccount { site: site.clone(), password })
    }
}

async fn add_account(
    store: &Store,
    site: &SiteId,
    account: &Account,
    by: &Value,
) -> Result<OneTimePassword, OfficeFault> {
    let made = OneTime::make(store).await?;
    retried!(try_add(store, site, account, &made, by))?;
    tracing::info!(account = %account.id, %by, "an account was made");
    Ok(made.for_account(account.id, &account.login))
}

async fn try_add(
    store: &Store,
    site: &SiteId,
    account: &Account,
    made: &OneTime,
    by: &Value,
) -> Result<(), OfficeFault> {
    let mut writing = store.writing(site).await?;
    if !account::add(&mut writing, account, &made.hash, made.until).await? {
        return Err(OfficeRefusal::LoginTaken.into());
    }
    note(&mut writing, "account_added", account, by)?;
    writing.close().await?;
    Ok(())
}

/// Changes an account: name, roles, language, whether it is active.
pub(crate) async fn change(
    store: &Store,
    caller: &Caller,
    id: AccountId,
    wanted: &AccountChange,
) -> Result<(), OfficeFault> {
    retried!(try_change(store, caller, id, wanted))
}

async fn try_change(store: &Store, caller: &Caller, id: AccountId, wanted: &AccountChange) -> Result<(), OfficeFault> {
    let mut writing = store.writing(&caller.site).await?;
    lock_administrators(&mut writing).await?;
    let kept = account::lock(&mut writing.tx, &caller.site, id).await?.ok_or(OfficeFault::NotFound)?;
    if kept.row_version != wanted.row_version {
        return Err(OfficeRefusal::ChangedMeanwhile.into());
    }
    let before = kept.account;
    let account = before.clone().changed(&wanted.name, &wanted.roles, wanted.language, wanted.active)?;
    if before.is_administrator() && !account.is_administrator() {
        if id == caller.account.id {
            return Err(OfficeRefusal::OwnAccount.into());
        }
        refuse_last_administrator(&mut writing, &caller.site, id).await?;
    }
    if id == caller.account.id && !account.active {
        return Err(OfficeRefusal::OwnAccount.into());
    }
    account::change(&mut writing, &account).await?;
    if !account.active {
        let now_ms = writing.now_ms();
        account_session::end_all(&mut writing.tx, id, now_ms).await?;
    }
    note(&mut writing, "account_changed", &account, &json!(caller.account.id))?;
    writing.close().await?;
    tracing::info!(account = %id, by = %caller.account.id, active = account.active, "an account was changed");
    Ok(())
}

/// Two administrators must not take each other's place at the same moment: each waits for the other's commit.
async fn lock_administrators(writing: &mut Writing) -> Result<(), OfficeFault> {
    let (site, gates) = (writing.site.as_str().to_owned(), ["administrators".to_owned()].into());
    Ok(crate::store::work_order::pass_gates(&mut writing.tx, &site, &gates).await?)
}

async fn refuse_last_administrator(writing: &mut Writing, site: &SiteId, going: AccountId) -> Result<(), OfficeFault> {
    let others = account::of_site(&mut writing.tx, site).await?;
    let stays = others.iter().any(|kept| kept.account.id != going && kept.account.is_administrator());
    if stays { Ok(()) } else { Err(OfficeRefusal::LastAdministrator.into()) }
}

/// Gives an account a password for one sign-in, and forgets its second factor: the person has lost one or both.
pub(crate) async fn reset(store: &Store, caller: &Caller, id: AccountId) -> Result<OneTimePassword, OfficeFault> {
    if id == caller.account.id {
        return Err(OfficeRefusal::OwnAccount.into());
    }
    let made = OneTime::make(store).await?;
    let login = retried!(try_reset(store, caller, id, &made))?;
    tracing::info!(account = %id, by = %caller.account.id, "an account was reset");
    Ok(made.for_account(id, &login))
}

async fn try_reset(store: &Store, caller: &Caller, id: AccountId, made: &OneTime) -> Result<LoginName, OfficeFault> {
    let mut writing = store.writing(&caller.site).await?;
    let kept = account::lock(&mut writing.tx, &caller.site, id).await?.ok_or(OfficeFault::NotFound)?;
    account::set_password(&mut writing, id, &made.hash, Some(made.until)).await?;
    account::forget_totp(&mut writing, id).await?;
    let now_ms = writing.now_ms();
    account_session::end_all(&mut writing.tx, id, now_ms).await?;
    note(&mut writing, "account_reset", &kept.account, &json!(caller.account.id))?;
    writing.close().await?;
    Ok(kept.account.login)
}

/// A password for one sign-in, with what is kept of it.
struct OneTime {
    password: Secret,
    hash: Secret,
    until: DateTime<Utc>,
}

impl OneTime {
    async fn make(store: &Store) -> Result<Self, OfficeFault> {
        let password = one_time_password(store.ids());
        let hash = hash_password(store.ids(), &password).await?;
        Ok(Self { password, hash, until: store.clock().now() + ONE_TIME_GOOD_FOR })
    }

    fn for_account(&self, account: AccountId, login: &LoginName) -> OneTimePassword {
        let (login, password) = (login.clone(), self.password.clone());
        OneTimePassword { account, login, password, good_until: self.until }
    }
}

fn note(writing: &mut Writing, kind: &'static str, account: &Account, by: &Value) -> Result<(), OfficeFault> {
    let what = json!({
        "by": by, "login": account.login, "name": account.name, "roles": account.roles, "active": account.active,
    });
    writing.note(Entry::new(kind, account.id, &what)?);
    Ok(())
}
