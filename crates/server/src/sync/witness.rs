//! What a station remembers of the audit chain, compared with what is here. A word that this server has signed and does not
//! remember proves that its database was put back to an older copy; any other word is only written down.

use cordwainer_protocol::sync::Witness;
use cordwainer_sync::{Life, Presented, Remembered, Testimony, weigh};

use super::fault::Refusal;
use crate::store::station::{self, Locked};
use crate::store::writing::Writing;
use crate::store::{audit, epoch};

/// Weighs a testimony.
pub(crate) async fn hear(writing: &mut Writing, locked: &Locked, witness: Option<&Witness>) -> Result<(), Refusal> {
    let Some(witness) = witness.filter(|witness| witness.audit_seq > 0) else { return Ok(()) };
    let Ok(seq) = i64::try_from(witness.audit_seq) else { return Ok(()) };
    let site = writing.site.as_str().to_owned();
    let here = audit::hash_at(&mut writing.tx, &site, seq).await?;
    let presented = Presented {
        audit_seq: witness.audit_seq,
        audit_head: &witness.audit_head,
        epoch: witness.epoch.as_deref().unwrap_or(&locked.epoch),
        sig: witness.sig.as_deref().unwrap_or_default(),
    };
    let life = if presented.epoch == locked.epoch {
        Life::Present
    } else if epoch::is_remembered(&mut writing.tx, presented.epoch).await? {
        Life::Past
    } else {
        Life::Forgotten
    };
    let key = writing.store().identity().public_key();
    let proof = match weigh(&presented, &key, Remembered { life, hash: here }) {
        Testimony::Agrees | Testimony::ProvesNothing => None,
        Testimony::ServerForgot => Some("a station holds a checkpoint that is signed here and not remembered here"),
        Testimony::ServerContradictsItself => {
            Some("a station holds a checkpoint that is signed here and differs from what is remembered here")
        }
    };
    if let Some(proof) = proof {
        return Err(Refusal::ServerForgot { epoch: locked.epoch.clone(), proof });
    }
    let fault = match here {
        _ if life != Life::Present => None,
        None => Some("the audit chain is shorter than this station saw"),
        Some(hash) if hash.to_string() != witness.audit_head => {
            Some("the audit chain differs from what this station saw")
        }
        Some(_) => None,
    };
    if let Some(fault) = fault {
        tracing::warn!(station = %locked.station.id, seq, "{fault}; but the server never signed that");
    }
    Ok(station::save_witness(&mut writing.tx, locked.station.id, witness, fault).await?)
}
