//! `station enrol-code`, `list`, `confirm`, `revoke`, `retire`: talk to the database directly, also while the server runs.

use std::process::ExitCode;

use clap::{Args, Subcommand, ValueEnum};
use cordwainer_domain::StationId;
use cordwainer_server::store::Store;
use serde_json::json;

use super::{Database, Fault, answer};

/// `station …`.
#[derive(Args, Debug)]
pub struct Station {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand, Debug)]
enum Verb {
    /// Make a one-time code with which a new station enrols; good for ten minutes.
    EnrolCode {
        #[command(flatten)]
        database: Database,
        /// The workstation's key, or the code on its sign.
        #[arg(long)]
        workstation: String,
        /// What the station holds: its work centre's part, or the whole floor.
        #[arg(long, value_enum, default_value_t = Holds::WorkCentre)]
        scope: Holds,
    },
    /// List the stations, one line each.
    List {
        #[command(flatten)]
        database: Database,
    },
    /// Let a new station in: compare what its screen shows with this list, then say it here.
    Confirm {
        #[command(flatten)]
        database: Database,
        /// The station's identifier.
        station: StationId,
        /// What the station's screen shows.
        #[arg(long)]
        fingerprint: String,
    },
    /// Take a station's rights away; what it recorded stays.
    Revoke {
        #[command(flatten)]
        database: Database,
        /// The station's identifier.
        station: StationId,
    },
    /// Take a station out of service, with what it had not sent.
    Retire(super::retire::Retire),
}

#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
enum Holds {
    WorkCentre,
    Floor,
}

impl Station {
    pub(super) async fn run(self) -> Result<ExitCode, Fault> {
        let (Verb::EnrolCode { database, .. }
        | Verb::List { database }
        | Verb::Confirm { database, .. }
        | Verb::Revoke { database, .. }
        | Verb::Retire(super::retire::Retire { database, .. })) = &self.verb;
        let store = database.config().open_store().await?;
        let outcome = carry_out(&self.verb, &store).await;
        store.close().await;
        outcome?;
        Ok(ExitCode::SUCCESS)
    }
}

async fn carry_out(verb: &Verb, store: &Store) -> Result<(), Fault> {
    match verb {
        Verb::EnrolCode { workstation, scope, .. } => {
            let code = store.make_enrolment_code(workstation, *scope == Holds::Floor).await?;
            answer(&json!({ "code": code.code, "workstation": code.workstation, "expires_at": code.expires_at }))
        }
        Verb::List { .. } => {
            for site in store.sites().await? {
                for station in store.stations(&site).await? {
                    let wrong_pins: u64 = store.pin_tries(station.id).await?.iter().map(|tally| tally.wrong).sum();
                    answer(&json!({
                        "station_id": station.id,
                        "site": station.site,
                        "workstation": station.workstation,
                        "scope": station.scope,
                        "fingerprint": station.public_key.fingerprint(),
                        "enrolled_at": station.enrolled_at,
                        "confirmed_at": station.confirmed_at,
                        "revoked_at": station.revoked_at,
                        "last_contact": station.last_contact,
                        "outbox_depth": station.outbox_depth,
                        "wrong_pins": wrong_pins,
                    }))?;
                }
            }
            Ok(())
        }
        Verb::Retire(retire) => retire.run(store).await,
        Verb::Confirm { station, fingerprint, .. } => {
            store.confirm_station(*station, fingerprint).await?;
            answer(&json!({ "confirmed": station }))
        }
        Verb::Revoke { station, .. } => {
            store.revoke_station(*station).await?;
            answer(&json!({ "revoked": station }))
        }
    }
}
