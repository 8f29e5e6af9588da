//! What a person does with his own account: choose a password, set up the second factor, make recovery codes.

use cordwainer_domain::people::check_password;
use cordwainer_protocol::Secret;
use cordwainer_protocol::office::{
    DueStep, NewPassword, OfficeRefusal, RecoveryCodes, SecondFactorOffer, SecondFactorProof,
};
use serde_json::json;

use super::caller::Caller;
use super::credentials::{hash_password, password_fits, recovery_code, recovery_hash};
use super::fault::OfficeFault;
use super::sign_in::{self, Begun};
use super::{guard, qr, totp};
use crate::clock::random;
use crate::store::account::{self, KeptAccount};
use crate::store::audit::Entry;
use crate::store::db::retried;
use crate::store::{Store, account_session};

/// How many recovery codes a person has at first.
const RECOVERY_CODES: usize = 10;

/// Chooses a password. Every session of the account ends; the person goes on in a fresh one.
pub(crate) async fn change_password(
    store: &Store,
    caller: &Caller,
    wanted: &NewPassword,
) -> Result<Begun, OfficeFault> {
    let account = &caller.account;
    check_password(wanted.password.expose(), account.login.as_str())?;
    if wanted.password == wanted.current {
        return Err(OfficeRefusal::PasswordSame.into());
    }
    // Whoever finds an open screen must not be able to guess at leisure.
    let attempt = guard::begin(store, account.login.as_str(), Some(account.id), caller.address).await?;
    let kept = own(store, caller).await?;
    if !password_fits(Some(&kept.password_hash), &wanted.current).await? {
        tracing::warn!(account = %account.id, address = %caller.address, "a change of password failed");
        return Err(OfficeRefusal::PasswordWrong.into());
    }
    attempt.succeeded(store).await?;
    let hash = hash_password(store.ids(), &wanted.password).await?;
    retried!(try_set_password(store, caller, &hash))?;
    tracing::info!(account = %account.id, "a password was changed");
    let kept = own(store, caller).await?;
    sign_in::begin(store, &kept, caller.address).await
}

async fn try_set_password(store: &Store, caller: &Caller, hash: &Secret) -> Result<(), OfficeFault> {
    let mut writing = store.writing(&caller.site).await?;
    account::set_password(&mut writing, caller.account.id, hash, None).await?;
    let now_ms = writing.now_ms();
    account_session::end_all(&mut writing.tx, caller.account.id, now_ms).await?;
    let by = json!({ "by": caller.account.id });
    writing.note(Entry::new("account_password_chosen", caller.account.id, &by)?);
    writing.close().await?;
    Ok(())
}

/// Shows a new second factor. The one before, if any, counts until this one is proven.
pub(crate) async fn offer_second_factor(store: &Store, caller: &Caller) -> Result<SecondFactorOffer, OfficeFault> {
    if caller.due == Some(DueStep::NewPassword) {
        return Err(OfficeRefusal::SetUpDue.into());
    }
    let secret = Secret::new(random::<{ totp::SECRET_BYTES }>(store.ids()).to_vec());
    retried!(try_offer(store, caller, &secret))?;
    let uri = totp::uri(caller.account.login.as_str(), secret.expose());
    Ok(SecondFactorOffer { secret: totp::base_32(secret.expose()), qr_svg: qr::svg(&uri)?, uri })
}

async fn try_offer(store: &Store, caller: &Caller, secret: &Secret<Vec<u8>>) -> Result<(), OfficeFault> {
    let mut writing = store.writing(&caller.site).await?;
    account::offer_totp(&mut writing, caller.account.id, secret.expose()).await?;
    writing.close().await?;
    Ok(())
}

/// Takes the shown second factor into use, once a code of it is proven. Answers with fresh recovery codes.
pub(crate) async fn prove_second_factor(
    store: &Store,
    caller: &Caller,
    proof: &SecondFactorProof,
) -> Result<RecoveryCodes, OfficeFault> {
    let attempt = guard::begin(store, caller.account.login.as_str(), Some(caller.account.id), caller.address).await?;
    let codes = retried!(try_prove(store, caller, proof))?;
    attempt.succeeded(store).await?;
    tracing::info!(account = %caller.account.id, "a second factor was set up");
    Ok(codes)
}

async fn try_prove(store: &Store, caller: &Caller, proof: &SecondFactorProof) -> Result<RecoveryCodes, OfficeFault> {
    let mut writing = store.writing(&caller.site).await?;
    let id = caller.account.id;
    let kept = account::lock(&mut writing.tx, &caller.site, id).await?.ok_or(OfficeFault::NotFound)?;
    let offered = kept.totp_offered.ok_or(OfficeRefusal::CodeWrong)?;
    let step = totp::step_of(offered.expose(), proof.code.expose().trim(), writing.now_ms());
    account::take_totp(&mut writing, id, step.ok_or(OfficeRefusal::CodeWrong)?).await?;
    let codes: Vec<Secret> = (0..RECOVERY_CODES).map(|_| recovery_code(store.ids())).collect();
    let hashes: Vec<Vec<u8>> = codes.iter().map(|code| recovery_hash(code).as_bytes().to_vec()).collect();
    account::set_recovery_codes(&mut writing, id, &hashes).await?;
    writing.note(Entry::new("account_second_factor_set", id, &json!({ "by": id }))?);
    writing.close().await?;
    Ok(RecoveryCodes { codes })
}

async fn own(store: &Store, caller: &Caller) -> Result<KeptAccount, OfficeFault> {
    let mut tx = store.db().read().await?;
    account::find(&mut tx, caller.account.id).await?.ok_or(OfficeFault::NotFound)
}
