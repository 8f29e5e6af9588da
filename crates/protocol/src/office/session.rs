//! Signing in, and what a person does with his own account.

use cordwainer_domain::people::{LoginName, OfficeRole, Right};
use cordwainer_domain::{AccountId, Language, SiteId};
use serde::{Deserialize, Serialize, Serializer};
use ts_rs::TS;

use crate::Secret;

/// `POST /api/v1/session`.
#[derive(Clone, Debug, Deserialize, TS)]
pub struct SignIn {
    /// Login name.
    pub login: String,
    /// Password.
    #[ts(type = "string")]
    pub password: Secret,
    /// Six digits of the second factor, or a recovery code; asked for after the password.
    #[serde(default)]
    #[ts(type = "string | null")]
    pub code: Option<Secret>,
}

/// An account as its own person and others see it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, TS)]
pub struct AccountHead {
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
}

/// What a person must do before anything else is open.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum DueStep {
    /// The password was made by somebody else.
    NewPassword,
    /// There is no second factor yet.
    SecondFactor,
}

/// Who is signed in, and what is open to them.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, TS)]
pub struct OfficeSession {
    /// Account.
    pub account: AccountHead,
    /// Site.
    pub site: SiteId,
    /// What the account may do; screens hide the rest, the server refuses it.
    pub rights: Vec<Right>,
    /// What must be done first.
    pub due: Option<DueStep>,
    /// Recovery codes that are left.
    pub recovery_codes_left: u32,
}

/// `PUT /api/v1/session/password`.
#[derive(Clone, Debug, Deserialize, TS)]
pub struct NewPassword {
    /// The password until now.
    #[ts(type = "string")]
    pub current: Secret,
    /// The password from now on.
    #[ts(type = "string")]
    pub password: Secret,
}

/// A second factor to be scanned with an authenticator app; shown once.
#[derive(Clone, Debug, Serialize, TS)]
pub struct SecondFactorOffer {
    /// Base 32, to be typed where nothing can be scanned.
    #[serde(serialize_with = "Secret::disclose")]
    #[ts(type = "string")]
    pub secret: Secret,
    /// The address that the QR code holds.
    #[serde(serialize_with = "Secret::disclose")]
    #[ts(type = "string")]
    pub uri: Secret,
    /// The QR code as SVG.
    #[serde(serialize_with = "Secret::disclose")]
    #[ts(type = "string")]
    pub qr_svg: Secret,
}

/// `PUT /api/v1/session/second-factor`.
#[derive(Clone, Debug, Deserialize, TS)]
pub struct SecondFactorProof {
    /// The six digits that the app shows now.
    #[ts(type = "string")]
    pub code: Secret,
}

/// Codes for the day on which the phone is lost; each is good once. Shown once.
#[derive(Clone, Debug, Serialize, TS)]
pub struct RecoveryCodes {
    /// The codes.
    #[serde(serialize_with = "disclose_all")]
    #[ts(type = "Array<string>")]
    pub codes: Vec<Secret>,
}

fn disclose_all<S: Serializer>(codes: &[Secret], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(codes.iter().map(Secret::expose))
}
