//! Who asks: the account of a session, and what is open to it.

use std::net::IpAddr;

use cordwainer_domain::SiteId;
use cordwainer_domain::people::{Account, Right, rights_of};
use cordwainer_protocol::office::{AccountHead, DueStep, OfficeRefusal, OfficeSession};
use cordwainer_sync::Hash;

use super::fault::OfficeFault;
use crate::store::account::{self, KeptAccount};
use crate::store::{Store, account_session};

/// An account that asks for something, through one of its sessions.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    pub(crate) account: Account,
    pub(crate) site: SiteId,
    /// The session's name; never its token.
    pub(crate) session: Hash,
    /// What the person must do before anything else is open.
    pub(crate) due: Option<DueStep>,
    /// Where the request came from.
    pub(crate) address: IpAddr,
}

/// What a verb needs. Whatever says nothing is open to nobody.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Needs {
    /// Nobody has to be signed in.
    Nobody,
    /// Somebody is signed in, and has perhaps to set up the account first.
    Account,
    /// Somebody is signed in whose account is set up and has the right.
    Right(Right),
}

impl Needs {
    /// Whether a caller has what is needed.
    pub(crate) fn check(self, caller: &Caller) -> Result<(), OfficeRefusal> {
        match self {
            Self::Nobody | Self::Account => Ok(()),
            Self::Right(_) if caller.due.is_some() => Err(OfficeRefusal::SetUpDue),
            Self::Right(right) if caller.account.may(right) => Ok(()),
            Self::Right(_) => Err(OfficeRefusal::NoRight),
        }
    }
}

impl Caller {
    /// Who a session's token belongs to, if the session is not over.
    pub(crate) async fn of_token(store: &Store, token: &str, address: IpAddr) -> Result<Option<Self>, OfficeFault> {
        let session = account_session::token_hash(token);
        let kept = store.use_session(session).await?;
        Ok(kept.map(|kept| Self::new(&kept, session, address)))
    }

    pub(crate) fn new(kept: &KeptAccount, session: Hash, address: IpAddr) -> Self {
        Self { account: kept.account.clone(), site: kept.site.clone(), session, due: due_step(kept), address }
    }

    /// The session as its screens see it.
    pub(crate) async fn session(&self, store: &Store) -> Result<OfficeSession, OfficeFault> {
        let mut tx = store.db().read().await?;
        let left = account::recovery_codes_left(&mut tx, self.account.id).await?;
        let mut rights: Vec<Right> = self.account.roles.iter().flat_map(|role| rights_of(*role)).copied().collect();
        rights.sort_unstable();
        rights.dedup();
        Ok(OfficeSession {
            account: head_of(&self.account),
            site: self.site.clone(),
            rights,
            due: self.due,
            recovery_codes_left: u32::try_from(left).unwrap_or_default(),
        })
    }
}

/// What must be done before anything else is open.
fn due_step(kept: &KeptAccount) -> Option<DueStep> {
    if kept.password_until.is_some() {
        Some(DueStep::NewPassword)
    } else if kept.totp_secret.is_none() {
        Some(DueStep::SecondFactor)
    } else {
        None
    }
}

fn head_of(account: &Account) -> AccountHead {
    AccountHead {
        id: account.id,
        login: account.login.clone(),
        name: account.name.clone(),
        roles: account.roles.clone(),
        language: account.language,
    }
}
