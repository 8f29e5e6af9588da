//! Why the office's request was not carried out. `http/api/fault.rs` gives each its status.

use cordwainer_domain::people::{AccountFault, PasswordFault};
use cordwainer_protocol::office::OfficeRefusal;

use crate::store::StoreFault;
use crate::store::db::MayRetry;

/// Why nothing was done.
#[derive(Debug, thiserror::Error)]
pub enum OfficeFault {
    /// A refusal that the screens have words for.
    #[error("refused: {0:?}")]
    Refused(OfficeRefusal),
    /// Too many failures, or too many requests.
    #[error("too many tries; wait {seconds} s")]
    Wait {
        /// How long.
        seconds: u64,
    },
    /// There is no such thing.
    #[error("there is nothing here")]
    NotFound,
    /// The path is good, the verb is not.
    #[error("this cannot be done here")]
    NoSuchVerb,
    /// The body is not what the verb takes. The text never repeats the body.
    #[error("{0}")]
    Malformed(String),
    /// The body is too large.
    #[error("send less at once")]
    TooLarge,
    /// A task of the server died.
    #[error("the server failed")]
    Died,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreFault),
}

impl From<OfficeRefusal> for OfficeFault {
    fn from(refusal: OfficeRefusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<PasswordFault> for OfficeFault {
    fn from(fault: PasswordFault) -> Self {
        Self::Refused(match fault {
            PasswordFault::Short => OfficeRefusal::PasswordShort,
            PasswordFault::Long => OfficeRefusal::PasswordLong,
            PasswordFault::Common => OfficeRefusal::PasswordCommon,
        })
    }
}

impl From<AccountFault> for OfficeFault {
    fn from(fault: AccountFault) -> Self {
        Self::Refused(match fault {
            AccountFault::Login => OfficeRefusal::LoginName,
            AccountFault::Name => OfficeRefusal::Name,
            AccountFault::NoRole => OfficeRefusal::NoRole,
        })
    }
}

impl MayRetry for OfficeFault {
    fn may_retry(&self) -> bool {
        matches!(self, Self::Store(fault) if fault.may_retry())
    }
}
