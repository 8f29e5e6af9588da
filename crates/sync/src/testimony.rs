//! What a station's memory of the audit chain says about the server that it speaks to.
//!
//! A server signs what it says of its own chain, and the stations keep the newest such checkpoint. A server that was put
//! back to an older copy of its database is therefore convicted by its own signature; nobody else's word counts.

use crate::chain::Hash;
use crate::sign::{PublicKey, Purpose, Signature, checkpoint_bytes};

/// A checkpoint as a station presents it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Presented<'a> {
    /// Entry.
    pub audit_seq: u64,
    /// Hash there, hexadecimal.
    pub audit_head: &'a str,
    /// Life of the database that it was given in.
    pub epoch: &'a str,
    /// The server's signature, hexadecimal.
    pub sig: &'a str,
}

impl Presented<'_> {
    /// Whether the owner of `key` said this.
    pub fn is_signed_by(&self, key: &PublicKey) -> bool {
        let bytes = checkpoint_bytes(self.audit_seq, self.audit_head, self.epoch);
        self.sig.parse::<Signature>().is_ok_and(|sig| key.verify(Purpose::Checkpoint, &bytes, &sig).is_ok())
    }
}

/// How the presented life of the database relates to the one that is lived now.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Life {
    /// It is the one.
    Present,
    /// One that ended before it, and is remembered.
    Past,
    /// None that this database remembers.
    Forgotten,
}

/// What the server's own chain holds at the presented entry.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Remembered {
    /// How the presented life relates to the present one.
    pub life: Life,
    /// The hash there; none if the chain is not that long.
    pub hash: Option<Hash>,
}

/// What a testimony is worth.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Testimony {
    /// The server remembers the same.
    Agrees,
    /// Not signed by this server, or about a life that ended by itself: it proves nothing.
    ProvesNothing,
    /// This server said more than it remembers: its database was put back to an older copy.
    ServerForgot,
    /// This server said otherwise than it remembers: an older copy went on from there, or its history was rewritten.
    ServerContradictsItself,
}

/// Weighs a testimony.
pub fn weigh(presented: &Presented<'_>, key: &PublicKey, remembered: Remembered) -> Testimony {
    if presented.audit_seq == 0 || !presented.is_signed_by(key) {
        return Testimony::ProvesNothing;
    }
    match (remembered.life, remembered.hash) {
        (Life::Past, _) => Testimony::ProvesNothing,
        (Life::Forgotten, _) | (Life::Present, None) => Testimony::ServerForgot,
        (Life::Present, Some(hash)) if hash.to_string() == presented.audit_head => Testimony::Agrees,
        (Life::Present, Some(_)) => Testimony::ServerContradictsItself,
    }
}
