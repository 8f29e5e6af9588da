//! The path that every new fact takes, from a station or from the office: lock what it touches, load, judge, write.

use std::collections::BTreeSet;

use cordwainer_domain::code::Code;
use cordwainer_domain::production::{Decision, Fact, ParkReason, Resolution};
use cordwainer_domain::{ActionId, ConflictId, SiteId, WorkOrderId, WorkerId};
use cordwainer_fail_points::{Point, fail_point};
use cordwainer_protocol::sync::VerdictStatus;
use cordwainer_sync::{decode, in_likely_order, read_header};

use super::judge::{Apply, Case, Content, Judge, Judged, Known, Reach, Waiting, scanned};
use super::received::{Received, read};
use crate::clock::from_ms;
use crate::store::action_log::{self, LoggedAction};
use crate::store::db::retried;
use crate::store::parked::ParkedAction;
use crate::store::verdict::Verdict;
use crate::store::writing::Writing;
use crate::store::{Store, StoreFault, conflict, epoch, master, parked, verdict, work_order};

/// Stores and judges new actions. The verdicts are in the transaction's hands, too; they are returned for the reply.
pub(crate) async fn store_and_judge(
    writing: &mut Writing,
    received: Vec<Received>,
    apply: Apply,
) -> Result<Judged, StoreFault> {
    let (logged, fresh): (Vec<LoggedAction>, Vec<Case>) =
        received.into_iter().map(|received| (received.logged, received.case)).unzip();
    let (judged, waited) = judge(writing, fresh, Vec::new(), apply).await?;
    let (site, now_ms) = (writing.site.as_str().to_owned(), writing.now_ms());
    action_log::write(&mut writing.tx, &site, &logged, now_ms).await?;
    fail_point(Point::TakeLogged);
    for action in &logged {
        writing.note(action.entry()?);
    }
    write(writing, &judged, &waited).await?;
    fail_point(Point::TakeJudged);
    Ok(judged)
}

/// Stores new actions while judging pauses: what could be judged waits, the rest is told at once.
pub(crate) async fn store_unjudged(writing: &mut Writing, received: Vec<Received>) -> Result<(), StoreFault> {
    let (site, now_ms) = (writing.site.as_str().to_owned(), writing.now_ms());
    let (logged, cases): (Vec<LoggedAction>, Vec<Case>) =
        received.into_iter().map(|received| (received.logged, received.case)).unzip();
    action_log::write(&mut writing.tx, &site, &logged, now_ms).await?;
    for action in &logged {
        writing.note(action.entry()?);
    }
    let mut verdicts = Vec::new();
    for (case, place) in cases.into_iter().zip(0_i64..) {
        let reason = match case.content {
            Content::Fact(_) => ParkReason::JudgingPaused,
            Content::Unjudgeable(reason) => reason,
        };
        verdicts.push(Verdict {
            action: case.id,
            station: case.station,
            work_order: case.work_order,
            awaits_code: None,
            status: VerdictStatus::Parked,
            reason: Some(reason),
            conflict: None,
            conflict_id: None,
            place,
            counted_place: None,
            decided_by: None,
        });
    }
    parked::follow(writing, &verdicts, &BTreeSet::new()).await?;
    for verdict in verdicts {
        writing.judge(verdict);
    }
    Ok(())
}

/// Most actions that one transaction takes up when judging goes on.
const AT_ONCE: usize = 500;

impl Store {
    /// Judges some of what waits while judging pauses, the likely earliest first. Says whether anything waited.
    pub(crate) async fn judge_what_waits(&self, site: &SiteId) -> Result<bool, StoreFault> {
        retried!(self.try_judge_what_waits(site))
    }

    async fn try_judge_what_waits(&self, site: &SiteId) -> Result<bool, StoreFault> {
        let mut writing = self.writing(site).await?;
        epoch::lock_judging(&mut writing.tx).await?;
        let mut order = in_likely_order(parked::while_judging_paused(&mut writing.tx, site).await?);
        if order.is_empty() {
            return Ok(false);
        }
        order.truncate(AT_ONCE);
        let cases = parked::named(&mut writing.tx, &order).await?.into_iter().map(|parked| waiting_case(parked).case);
        let apply = cordwainer_domain::production::apply;
        let (judged, mut waited) = judge(&mut writing, cases.collect(), Vec::new(), apply).await?;
        waited.extend(order);
        write(&mut writing, &judged, &waited).await?;
        writing.close().await?;
        Ok(true)
    }

    /// Takes up again what an earlier release of this program could not read or judge. Run at every start.
    ///
    /// # Errors
    /// [`StoreFault`].
    pub(crate) async fn rejudge(&self, site: &SiteId) -> Result<(), StoreFault> {
        retried!(self.try_rejudge(site))
    }

    async fn try_rejudge(&self, site: &SiteId) -> Result<(), StoreFault> {
        let mut writing = self.writing(site).await?;
        let misunderstood = parked::misunderstood(&mut writing.tx, site).await?;
        if misunderstood.is_empty() {
            return Ok(());
        }
        let apply = cordwainer_domain::production::apply;
        let (judged, waited) = judge(&mut writing, Vec::new(), misunderstood, apply).await?;
        write(&mut writing, &judged, &waited).await?;
        writing.close().await?;
        Ok(())
    }
}

async fn judge(
    writing: &mut Writing,
    fresh: Vec<Case>,
    taken_up: Vec<ParkedAction>,
    apply: Apply,
) -> Result<(Judged, BTreeSet<ActionId>), StoreFault> {
    let site = writing.site.as_str().to_owned();
    let mut waiting: Vec<Waiting> = taken_up.into_iter().map(waiting_case).collect();
    let touched: BTreeSet<WorkOrderId> =
        fresh.iter().chain(waiting.iter().map(|found| &found.case)).filter_map(|case| case.work_order).collect();
    let (released, codes) = codes_of(&fresh);
    let decided_about = facts_decided_about(&fresh);
    let subjects = touched
        .iter()
        .map(ToString::to_string)
        .chain(codes.iter().map(ToString::to_string))
        .chain(decided_about.iter().map(ToString::to_string))
        .collect();
    work_order::pass_gates(&mut writing.tx, &site, &subjects).await?;

    // Those on a work order are among the ones loaded here, in the order in which they were stored.
    waiting.retain(|found| found.case.work_order.is_none());
    waiting.extend(parked::on_work_orders(&mut writing.tx, &touched).await?.into_iter().map(waiting_case));
    waiting.extend(parked::on_codes(&mut writing.tx, &site, &released).await?.into_iter().map(waiting_case));
    // What waits for judging to go on is judged in its own turn, by nothing that happens to touch the same work order.
    waiting.retain(|found| found.reason != ParkReason::JudgingPaused);
    let here: BTreeSet<ActionId> = waiting.iter().map(|found| found.case.id).collect();
    let others = decided_about.difference(&here).copied().collect();
    let others = parked::of_actions(&mut writing.tx, &others).await?;
    waiting.extend(others.into_iter().map(waiting_case).filter(|found| found.case.work_order.is_none()));
    let waited = waiting.iter().map(|found| found.case.id).collect();
    let cases = || fresh.iter().chain(waiting.iter().map(|found| &found.case));
    let workers: BTreeSet<WorkerId> = cases()
        .filter_map(worker_of)
        .chain(cases().filter_map(reassigned_to))
        .chain(waiting.iter().filter_map(decided_worker))
        .collect();
    // A decision that waits may have become possible by what is judged now.
    let decided_about = facts_decided_about(cases());
    let conflicts = conflict::around(&mut writing.tx, &decided_about, &touched).await?;
    let mut contested = decided_about;
    contested
        .extend(conflicts.iter().flat_map(|known| [Some(known.row.action_id), known.row.other_action_id]).flatten());
    let known = Known {
        work_orders: work_order::load(&mut writing.tx, &site, &touched).await?,
        workers: master::workers(&mut writing.tx, &site, &workers).await?,
        workstations: master::workstations(&mut writing.tx, &site).await?,
        resolved: master::resolved(&mut writing.tx, &site, &codes).await?,
        verdicts: verdict::known(&mut writing.tx, &contested).await?,
        conflicts,
    };
    refuse_taken_codes(&fresh, &known)?;
    let (now, ids) = (writing.now, writing.store().clone());
    let mut next_conflict = || ConflictId(ids.ids().uuid_v7(now));
    let mut judge = Judge::new(known, waiting, now, apply, &mut next_conflict);
    if fresh.is_empty() {
        judge.take_up_waiting();
    }
    for case in fresh {
        judge.judge(case);
    }
    Ok((judge.finish(), waited))
}

async fn write(writing: &mut Writing, judged: &Judged, waited: &BTreeSet<ActionId>) -> Result<(), StoreFault> {
    for (before, now) in &judged.work_orders {
        work_order::write(writing, before.as_ref(), now).await?;
    }
    conflict::open(writing, &judged.conflicts).await?;
    conflict::close(writing, &judged.closings).await?;
    parked::follow(writing, &judged.verdicts, waited).await?;
    for verdict in &judged.verdicts {
        writing.judge(verdict.clone());
    }
    Ok(())
}

/// The codes of released work orders, and with them those of unresolved scans.
fn codes_of(fresh: &[Case]) -> (BTreeSet<Code>, BTreeSet<Code>) {
    let (mut released, mut scans) = (BTreeSet::new(), BTreeSet::new());
    for case in fresh {
        if let Content::Fact(action) = &case.content {
            scans.extend(scanned(action).cloned());
            if let Fact::WorkOrderReleased(work_order) = &action.fact {
                released.insert(work_order.code.clone());
            }
        }
    }
    scans.extend(released.iter().cloned());
    (released, scans)
}

/// Two pairs must never share a traveller code; only the office releases, and it is told at once.
fn refuse_taken_codes(fresh: &[Case], known: &Known) -> Result<(), StoreFault> {
    let mut taken = known.resolved.clone();
    for case in fresh.iter().filter(|case| case.reach.is_server) {
        let Content::Fact(action) = &case.content else { continue };
        let Fact::WorkOrderReleased(released) = &action.fact else { continue };
        if !known.work_orders.contains_key(&released.id) && !taken.insert(released.code.clone()) {
            return Err(StoreFault::Refused(format!("the traveller code {} is taken", released.code)));
        }
    }
    Ok(())
}

fn worker_of(case: &Case) -> Option<WorkerId> {
    match &case.content {
        Content::Fact(action) => action.worker,
        Content::Unjudgeable(_) => None,
    }
}

/// The facts that decisions are about, both sides of each contradiction.
fn facts_decided_about<'a>(cases: impl IntoIterator<Item = &'a Case>) -> BTreeSet<ActionId> {
    let mut facts = BTreeSet::new();
    for case in cases {
        let Content::Fact(action) = &case.content else { continue };
        match &action.fact {
            Fact::ConflictResolved { flagged, between, .. } => {
                facts.insert(*flagged);
                facts.extend(between.other());
            }
            Fact::ParkedResolved { parked, .. } => {
                facts.insert(*parked);
            }
            _ => {}
        }
    }
    facts
}

fn reassigned_to(case: &Case) -> Option<WorkerId> {
    let Content::Fact(action) = &case.content else { return None };
    match &action.fact {
        Fact::ParkedResolved { resolution: Resolution::Reassign { worker }, .. } => Some(*worker),
        _ => None,
    }
}

fn decided_worker(waiting: &Waiting) -> Option<WorkerId> {
    match waiting.decision.as_ref().map(|decision| &decision.resolution) {
        Some(Resolution::Reassign { worker }) => Some(*worker),
        _ => None,
    }
}

/// The decision about a fact that waits, read from the bytes that made it.
pub(crate) fn decision_from(body: &[u8]) -> Option<Decision> {
    let action = decode(body).ok()?;
    match action.fact {
        Fact::ParkedResolved { waited_for, resolution, .. } => Some(Decision { by: action.id, waited_for, resolution }),
        _ => None,
    }
}

fn waiting_case(parked: ParkedAction) -> Waiting {
    let header = read_header(&parked.body).ok();
    let case = Case {
        id: parked.id,
        station: parked.station,
        reach: Reach {
            is_server: parked.is_server,
            scope: parked.station_scope,
            workstation: parked.station_workstation.as_str().into(),
        },
        work_order: header.as_ref().and_then(|header| header.work_order_id),
        job: header.as_ref().and_then(|header| header.job_id),
        occurred_at: from_ms(parked.occurred_at),
        content: read(&parked.body),
    };
    Waiting { case, reason: parked.reason, decision: parked.decision.as_deref().and_then(decision_from) }
}
