//! Accounts as an administrator keeps them.

use chrono::{DateTime, Utc};
use cordwainer_domain::people::{LoginName, OfficeRole};
use cordwainer_domain::{AccountId, Language};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::Secret;

/// An account in the list.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, TS)]
pub struct AccountLine {
    /// Identifier.
    pub id: AccountId,
    /// Login name.
    pub login: LoginName,
    /// The person's name.
    pub name: String,
    /// Roles.
    pub roles: Vec<OfficeRole>,
    /// Language of the screens.
    pub language: Language,
    /// False once disabled.
    pub active: bool,
    /// Whether the person has set up the second factor.
    pub second_factor: bool,
    /// Whether the person still has to choose a password.
    pub password_due: bool,
    /// Last sign-in.
    pub signed_in_at: Option<DateTime<Utc>>,
    /// To be sent back with a change.
    #[ts(type = "number")]
    pub row_version: i64,
}

/// `POST /api/v1/accounts`.
#[derive(Clone, Debug, Deserialize, TS)]
pub struct NewAccount {
    /// Login name; stays for good.
    pub login: String,
    /// The person's name.
    pub name: String,
    /// Roles.
    pub roles: Vec<OfficeRole>,
    /// Language of the screens.
    pub language: Language,
}

/// `PUT /api/v1/accounts/{id}`.
#[derive(Clone, Debug, Deserialize, TS)]
pub struct AccountChange {
    /// The person's name.
    pub name: String,
    /// Roles.
    pub roles: Vec<OfficeRole>,
    /// Language of the screens.
    pub language: Language,
    /// False disables the account and ends its sessions.
    pub active: bool,
    /// The version that the change was made on.
    #[ts(type = "number")]
    pub row_version: i64,
}

/// A password that is good for one sign-in, at which another one is chosen. Shown once.
#[derive(Clone, Debug, Serialize, TS)]
pub struct OneTimePassword {
    /// Whose.
    pub account: AccountId,
    /// Login name.
    pub login: LoginName,
    /// The password.
    #[serde(serialize_with = "Secret::disclose")]
    #[ts(type = "string")]
    pub password: Secret,
    /// Until when.
    pub good_until: DateTime<Utc>,
}
