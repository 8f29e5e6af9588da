//! Slows down whoever guesses, without locking anybody out from elsewhere.
//!
//! Failures are counted three times: for a login name together with an address, for the address, and for the login name. The
//! first is what a forgetful person meets. The other two stop one machine that tries many names, and many machines that try
//! one; they do not count for a person at an address from which that person has signed in before, so that a colleague cannot
//! be locked out by somebody who fails in his name.

use std::net::IpAddr;

use cordwainer_domain::AccountId;
use cordwainer_sync::{Hash, body_hash};

use super::fault::OfficeFault;
use crate::store::db::retried;
use crate::store::sign_in_guard::{self as stored, Failures};
use crate::store::{Store, account_session};

/// How many failures cost nothing, and how long the wait becomes.
#[derive(Clone, Copy)]
struct Patience {
    free: i64,
    longest_s: i64,
}

const WITH_A_PERSON: Patience = Patience { free: 5, longest_s: 15 * 60 };
const WITH_AN_ADDRESS: Patience = Patience { free: 30, longest_s: 5 * 60 };
const WITH_A_NAME: Patience = Patience { free: 50, longest_s: 5 * 60 };

impl Patience {
    /// 1, 2, 4 … seconds beyond the free tries.
    fn wait_ms(self, failures: i64) -> i64 {
        let beyond = failures - self.free;
        if beyond < 0 { 0 } else { 1_000 * (1_i64 << beyond.min(30)).min(self.longest_s) }
    }

    /// Milliseconds that are left to wait.
    fn left_ms(self, known: Failures, now_ms: i64) -> i64 {
        (known.failed_at + self.wait_ms(known.failures) - now_ms).max(0)
    }
}

/// One attempt to sign in. It counts as a failure until it is said to be none: attempts at the same moment cannot slip through.
#[derive(Debug)]
pub(crate) struct Attempt {
    person: Hash,
    address: Hash,
    name: Hash,
}

/// Begins an attempt, or says how long to wait.
pub(crate) async fn begin(
    store: &Store,
    login: &str,
    known: Option<AccountId>,
    address: IpAddr,
) -> Result<Attempt, OfficeFault> {
    retried!(try_begin(store, login, known, address))
}

async fn try_begin(
    store: &Store,
    login: &str,
    known: Option<AccountId>,
    address: IpAddr,
) -> Result<Attempt, OfficeFault> {
    let subject = |kind: &str, login: &str, address: &str| body_hash(format!("{kind}\n{login}\n{address}").as_bytes());
    let (from, now_ms) = (address.to_string(), store.clock().now().timestamp_millis());
    let attempt = Attempt {
        person: subject("person", login, &from),
        address: subject("address", "", &from),
        name: subject("name", login, ""),
    };
    let mut tx = store.db().write().await?;
    stored::tidy(&mut tx, now_ms).await?;
    let at_home = match known {
        Some(id) => account_session::knows_address(&mut tx, id, &from, now_ms).await?,
        None => false,
    };
    let mut left_ms = 0;
    for (subject, patience) in attempt.subjects() {
        let failures = stored::lock(&mut tx, subject, now_ms).await?;
        if !at_home || subject == attempt.person {
            left_ms = left_ms.max(patience.left_ms(failures, now_ms));
        }
    }
    if left_ms > 0 {
        return Err(OfficeFault::Wait { seconds: u64::try_from(left_ms).unwrap_or_default().div_ceil(1_000) });
    }
    for (subject, _) in attempt.subjects() {
        stored::count(&mut tx, subject, now_ms).await?;
    }
    tx.commit().await?;
    Ok(attempt)
}

impl Attempt {
    /// The three subjects, always in one order, so that two attempts never wait for each other.
    fn subjects(&self) -> [(Hash, Patience); 3] {
        let mut subjects = [(self.person, WITH_A_PERSON), (self.address, WITH_AN_ADDRESS), (self.name, WITH_A_NAME)];
        subjects.sort_by_key(|(subject, _)| *subject);
        subjects
    }

    /// It was no failure, and no success yet either.
    pub(crate) async fn was_no_failure(&self, store: &Store) -> Result<(), OfficeFault> {
        retried!(self.try_take_back(store, false))
    }

    /// It was a success: the person begins anew.
    pub(crate) async fn succeeded(&self, store: &Store) -> Result<(), OfficeFault> {
        retried!(self.try_take_back(store, true))
    }

    async fn try_take_back(&self, store: &Store, succeeded: bool) -> Result<(), OfficeFault> {
        let mut tx = store.db().write().await?;
        for (subject, _) in self.subjects() {
            if succeeded && subject == self.person {
                stored::forget(&mut tx, subject).await?;
            } else {
                stored::take_back(&mut tx, subject).await?;
            }
        }
        Ok(tx.commit().await?)
    }
}

#[cfg(test)]
mod tests {
    use super::{WITH_A_NAME, WITH_A_PERSON};

    #[test]
    fn the_wait_doubles_up_to_its_longest() {
        let waits: Vec<i64> = [0, 4, 5, 6, 7, 14, 15, 10_000].map(|n| WITH_A_PERSON.wait_ms(n) / 1_000).to_vec();
        assert_eq!(waits, [0, 0, 1, 2, 4, 512, 900, 900], "seconds after so many failures");
        assert_eq!(WITH_A_NAME.wait_ms(49), 0, "a name is guarded later than a person at one address");
    }
}
