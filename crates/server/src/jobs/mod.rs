//! What is due at times and nobody asks for: judging that goes on after a restore, facts and conflicts that have waited for
//! too long, tombstones, stations that do not come forward, the nightly proof. One process at a time does each; each may be
//! begun twice without harm.

mod call_a_person;
mod other_processes;
mod resume_judging;
mod watch_stations;

use std::time::Duration;

use chrono::TimeDelta;
use cordwainer_domain::SiteId;
use tokio::sync::watch::Receiver;

use crate::store::{Store, StoreFault};

pub(crate) use other_processes::listen as listen_to_other_processes;

/// How often it is looked whether something is due.
const TICK: Duration = Duration::from_secs(2);

impl Store {
    /// Does everything that is due by the server's clock. A running server does this by itself.
    ///
    /// # Errors
    /// [`StoreFault`] of the first job that failed; the others are not held up by it.
    pub async fn do_what_is_due(&self) -> Result<(), StoreFault> {
        let mut outcome = resume_judging::run(self).await;
        for site in self.sites().await? {
            for done in [
                self.leased(&site, "call_a_person", TimeDelta::minutes(10), call_a_person::run(self, &site)).await,
                self.leased(&site, "watch_stations", TimeDelta::minutes(1), watch_stations::run(self, &site)).await,
                self.leased(&site, "raise_age_alarms", TimeDelta::minutes(1), raise_age_alarms(self, &site)).await,
                self.leased(&site, "prove", TimeDelta::minutes(10), prove(self, &site)).await,
                self.leased(&site, "sweep_tombstones", TimeDelta::hours(6), sweep(self, &site)).await,
            ] {
                outcome = outcome.and(done);
            }
        }
        outcome
    }

    async fn leased(
        &self,
        site: &SiteId,
        name: &str,
        again_after: TimeDelta,
        job: impl Future<Output = Result<(), StoreFault>>,
    ) -> Result<(), StoreFault> {
        let Some(lease) = self.take_job(site.as_str(), name).await? else { return Ok(()) };
        job.await?;
        self.job_done(site.as_str(), name, lease, again_after).await
    }
}

async fn raise_age_alarms(store: &Store, site: &SiteId) -> Result<(), StoreFault> {
    store.raise_age_alarms(site).await.map(|_| ())
}

/// Looks often and proves once a day: the first server that runs on a new day does it.
async fn prove(store: &Store, site: &SiteId) -> Result<(), StoreFault> {
    store.prove_if_due(site).await.map(|_| ())
}

async fn sweep(store: &Store, site: &SiteId) -> Result<(), StoreFault> {
    store.sweep_tombstones(site).await?;
    store.sweep_enrolment_codes().await?;
    store.sweep_sessions().await.map(|_| ())
}

/// Does what is due until the server stops.
pub(crate) async fn keep_doing(store: Store, mut stopping: Receiver<bool>) {
    loop {
        if let Err(fault) = store.do_what_is_due().await {
            tracing::error!(%fault, "a background job failed; it will be tried again");
        }
        tokio::select! {
            _ = stopping.wait_for(|stopping| *stopping) => return,
            () = tokio::time::sleep(TICK) => {}
        }
    }
}
