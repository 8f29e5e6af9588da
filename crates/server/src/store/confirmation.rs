//! Letting a new station in, once two people have compared fingerprints.

use cordwainer_domain::StationId;
use serde_json::{Value, json};

use super::Store;
use super::audit::Entry;
use super::db::{on, retried};
use super::fault::StoreFault;

impl Store {
    /// Lets a new station in, once a person has compared what its screen shows with what the server holds. Case, hyphens and
    /// spaces do not count.
    ///
    /// # Errors
    /// [`StoreFault::Missing`] when there is no such station, or no longer; [`StoreFault::FingerprintDiffers`].
    pub async fn confirm_station(&self, id: StationId, fingerprint: &str) -> Result<(), StoreFault> {
        self.confirm_station_by(id, fingerprint, &json!("command_line")).await
    }

    /// Lets a new station in, and notes who did.
    pub(crate) async fn confirm_station_by(
        &self,
        id: StationId,
        fingerprint: &str,
        by: &Value,
    ) -> Result<(), StoreFault> {
        retried!(self.try_confirm_station(id, fingerprint, by))
    }

    async fn try_confirm_station(&self, id: StationId, fingerprint: &str, by: &Value) -> Result<(), StoreFault> {
        const SQL: &str = "UPDATE station SET confirmed_at = $2 WHERE id = $1 AND confirmed_at IS NULL";
        let found = self.station(id).await?.filter(|station| !station.is_server && station.revoked_at.is_none());
        let station = found.ok_or_else(|| StoreFault::Missing { what: "station", id: id.to_string() })?;
        let ours = station.public_key.fingerprint();
        if !is_same_fingerprint(&ours, fingerprint) {
            return Err(StoreFault::FingerprintDiffers { ours });
        }
        let mut writing = self.writing(&station.site).await?;
        let now_ms = writing.now_ms();
        let confirmed = on!(&mut writing.tx, c => sqlx::query(SQL)
            .bind(id.0)
            .bind(now_ms)
            .execute(c)
            .await
            .map(|done| done.rows_affected()))?;
        // Two people may compare at once: the first is on record.
        if confirmed > 0 {
            writing.note(Entry::new("station_confirmed", id, &json!({ "fingerprint": ours, "by": by }))?);
            writing.close().await?;
        }
        Ok(())
    }
}

/// As two people read it to each other.
fn is_same_fingerprint(ours: &str, told: &str) -> bool {
    let plain = |text: &str| -> String {
        text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect()
    };
    plain(ours) == plain(told)
}

#[cfg(test)]
mod tests {
    use super::is_same_fingerprint;

    #[test]
    fn a_fingerprint_is_the_same_however_it_was_written_down() {
        for told in ["1A2B-3C4D-5E6F-7081", "1a2b 3c4d 5e6f 7081", "1A2B3C4D5E6F7081\n"] {
            assert!(is_same_fingerprint("1A2B-3C4D-5E6F-7081", told), "{told}");
        }
        for other in ["", "1A2B-3C4D-5E6F", "1A2B-3C4D-5E6F-7082"] {
            assert!(!is_same_fingerprint("1A2B-3C4D-5E6F-7081", other), "{other:?} is another one, or part of one");
        }
    }
}
