//! An account: a person's login for the office. Workers on the floor have badges instead.

use serde::Serialize;
use ts_rs::TS;

use super::right::{OfficeRole, Right, rights_of};
use crate::{AccountId, Language};

/// Longest login name.
const LOGIN_CHARACTERS_MAX: usize = 64;
/// Longest name of a person.
const NAME_CHARACTERS_MAX: usize = 80;

/// What a person types to say who they are: lower case, no blanks, so that two names never differ in looks only.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, TS)]
#[serde(transparent)]
#[ts(type = "string")]
pub struct LoginName(String);

/// Why an account cannot be as asked.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum AccountFault {
    /// No login name of ours.
    #[error("a login name has 2 to 64 characters: a-z, 0-9, dot, hyphen, underscore or @")]
    Login,
    /// No name.
    #[error("a name has 1 to 80 characters")]
    Name,
    /// No role.
    #[error("an account has at least one role")]
    NoRole,
}

impl LoginName {
    /// Reads a login name; capitals are accepted and made small.
    ///
    /// # Errors
    /// [`AccountFault::Login`].
    pub fn parse(text: &str) -> Result<Self, AccountFault> {
        let name = text.trim().to_ascii_lowercase();
        let fits = (2..=LOGIN_CHARACTERS_MAX).contains(&name.len());
        let plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_@".contains(&byte));
        if fits && plain { Ok(Self(name)) } else { Err(AccountFault::Login) }
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for LoginName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// A login for the office.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Account {
    /// Identifier.
    pub id: AccountId,
    /// What the person types.
    pub login: LoginName,
    /// The person's name.
    pub name: String,
    /// What the person is in the office.
    pub roles: Vec<OfficeRole>,
    /// The language of the person's screens.
    pub language: Language,
    /// False once disabled.
    pub active: bool,
}

impl Account {
    /// An account as somebody asks for it, active.
    ///
    /// # Errors
    /// [`AccountFault`].
    pub fn open(
        id: AccountId,
        login: &str,
        name: &str,
        roles: &[OfficeRole],
        language: Language,
    ) -> Result<Self, AccountFault> {
        let login = LoginName::parse(login)?;
        let account = Self { id, login, name: String::new(), roles: Vec::new(), language, active: true };
        account.changed(name, roles, language, true)
    }

    /// The account after a change; the login name stays for good, because history names it.
    ///
    /// # Errors
    /// [`AccountFault`].
    pub fn changed(
        mut self,
        name: &str,
        roles: &[OfficeRole],
        language: Language,
        active: bool,
    ) -> Result<Self, AccountFault> {
        name.trim().clone_into(&mut self.name);
        if self.name.is_empty() || self.name.chars().count() > NAME_CHARACTERS_MAX {
            return Err(AccountFault::Name);
        }
        self.roles = roles.to_vec();
        self.roles.sort_unstable();
        self.roles.dedup();
        if self.roles.is_empty() {
            return Err(AccountFault::NoRole);
        }
        (self.language, self.active) = (language, active);
        Ok(self)
    }

    /// Whether one of the account's roles has the right. A disabled account has none.
    pub fn may(&self, right: Right) -> bool {
        self.active && self.roles.iter().any(|role| rights_of(*role).contains(&right))
    }

    /// Whether the account administers the others.
    pub fn is_administrator(&self) -> bool {
        self.active && self.roles.contains(&OfficeRole::Administrator)
    }
}
