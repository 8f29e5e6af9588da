//! Signing in and out.

use std::net::IpAddr;

use cordwainer_domain::people::LoginName;
use cordwainer_protocol::Secret;
use cordwainer_protocol::office::{OfficeRefusal, SignIn};

use super::caller::Caller;
use super::credentials::{password_fits, recovery_hash, session_token};
use super::fault::OfficeFault;
use super::guard::{self, Attempt};
use super::totp;
use crate::store::account::{self, KeptAccount};
use crate::store::db::{Tx, retried};
use crate::store::{Store, account_session};

/// A session that has just begun.
pub(crate) struct Begun {
    pub(crate) caller: Caller,
    /// What the browser keeps; the server keeps its hash.
    pub(crate) token: Secret,
}

/// Signs in. Whatever is wrong, the answer is the same; only whoever knows the password learns that a code is due.
pub(crate) async fn sign_in(store: &Store, shown: &SignIn, address: IpAddr) -> Result<Begun, OfficeFault> {
    let login = LoginName::parse(&shown.login).ok();
    let kept = match &login {
        Some(login) => store.account_by_login(login).await?,
        None => None,
    };
    let name = login.as_ref().map_or("", LoginName::as_str);
    let id = kept.as_ref().map(|kept| kept.account.id);
    let attempt = guard::begin(store, name, id, address).await.inspect_err(|fault| {
        tracing::warn!(%address, account = ?id, %fault, "a sign-in was held back");
    })?;
    let usable = kept.filter(|kept| is_usable(store, kept));
    let fits = password_fits(usable.as_ref().map(|kept| &kept.password_hash), &shown.password).await?;
    let Some(kept) = usable.filter(|_| fits) else {
        return Err(failed(id, address));
    };
    match (&kept.totp_secret, &shown.code) {
        (None, _) => {}
        (Some(_), None) => {
            attempt.was_no_failure(store).await?;
            return Err(OfficeRefusal::CodeNeeded.into());
        }
        (Some(secret), Some(code)) => {
            if !spend(store, &kept, secret, code).await? {
                return Err(failed(id, address));
            }
        }
    }
    let begun = begin(store, &kept, address).await?;
    succeeded(store, &attempt, &begun).await?;
    Ok(begun)
}

async fn succeeded(store: &Store, attempt: &Attempt, begun: &Begun) -> Result<(), OfficeFault> {
    attempt.succeeded(store).await?;
    let Caller { account, address, .. } = &begun.caller;
    tracing::info!(account = %account.id, login = %account.login, %address, "signed in");
    Ok(())
}

fn failed(id: Option<cordwainer_domain::AccountId>, address: IpAddr) -> OfficeFault {
    tracing::warn!(account = ?id, %address, "a sign-in failed");
    OfficeRefusal::SignInFailed.into()
}

/// A disabled account, and a password made by somebody else that nobody used in time, are as good as none.
fn is_usable(store: &Store, kept: &KeptAccount) -> bool {
    kept.account.active && kept.password_until.is_none_or(|until| store.clock().now() < until)
}

/// Spends a code of the second factor, or a recovery code.
async fn spend(
    store: &Store,
    kept: &KeptAccount,
    secret: &Secret<Vec<u8>>,
    code: &Secret,
) -> Result<bool, OfficeFault> {
    let now_ms = store.clock().now().timestamp_millis();
    let mut tx = store.db().write().await?;
    let good = spend_code(&mut tx, kept, secret, code, now_ms).await?;
    tx.commit().await?;
    Ok(good)
}

async fn spend_code(
    tx: &mut Tx,
    kept: &KeptAccount,
    secret: &Secret<Vec<u8>>,
    code: &Secret,
    now_ms: i64,
) -> Result<bool, OfficeFault> {
    let id = kept.account.id;
    let typed = code.expose().trim();
    if totp::is_code(typed) {
        let Some(step) = totp::step_of(secret.expose(), typed, now_ms) else { return Ok(false) };
        return Ok(account::spend_totp_step(tx, id, step).await?);
    }
    let good = account::spend_recovery_code(tx, id, recovery_hash(code).as_bytes(), now_ms).await?;
    if good {
        tracing::warn!(account = %id, "a recovery code was used");
    }
    Ok(good)
}

/// Begins a session of an account.
pub(crate) async fn begin(store: &Store, kept: &KeptAccount, address: IpAddr) -> Result<Begun, OfficeFault> {
    retried!(try_begin(store, kept, address))
}

async fn try_begin(store: &Store, kept: &KeptAccount, address: IpAddr) -> Result<Begun, OfficeFault> {
    let now_ms = store.clock().now().timestamp_millis();
    let token = session_token(store.ids());
    let hash = account_session::token_hash(token.expose());
    let mut tx = store.db().write().await?;
    account_session::begin(&mut tx, hash, kept.account.id, &address.to_string(), now_ms).await?;
    account::signed_in(&mut tx, kept.account.id, now_ms).await?;
    tx.commit().await?;
    Ok(Begun { caller: Caller::new(kept, hash, address), token })
}

/// Signs out.
pub(crate) async fn sign_out(store: &Store, caller: &Caller) -> Result<(), OfficeFault> {
    let mut tx = store.db().write().await?;
    account_session::end(&mut tx, caller.session, store.clock().now().timestamp_millis()).await?;
    tx.commit().await?;
    tracing::info!(account = %caller.account.id, address = %caller.address, "signed out");
    Ok(())
}
