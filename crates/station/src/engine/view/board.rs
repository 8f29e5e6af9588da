//! The floor at a glance, exceptions first.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use cordwainer_domain::WorkCentreId;
use cordwainer_domain::equipment::Calendar;
use cordwainer_domain::production::{Job, Standing, WorkOrder, forecast};
use cordwainer_protocol::station::{Board, BoardAlarm, BoardPair, BoardStation, BoardWorkCentre};
use cordwainer_protocol::sync::{AlarmRow, StationStatus};

use super::super::Engine;
use super::super::words::{Names, of_standing};
use super::open_items::proof_sheet;
use super::queue::worked_s;

/// A job over this part of its standard time is an exception, in hundredths.
const OVERRUN_PERCENT: u64 = 120;
/// A station that was not heard of for so long is an exception.
const SILENT_AFTER: TimeDelta = TimeDelta::minutes(5);

impl Engine {
    pub(in crate::engine) fn board(&self) -> Board {
        let names = self.names();
        let image = self.floor.image();
        let mut seen = Seen::new(&names);
        for work_order in self.floor.work_orders() {
            seen.look_at(&names, work_order);
        }
        seen.late.sort_by_key(|(overdue, _)| std::cmp::Reverse(*overdue));
        Board {
            now: names.now,
            whole_site: self.place.as_ref().is_some_and(super::super::place::Place::holds_whole_site),
            late: seen.late.into_iter().map(|(_, pair)| pair).collect(),
            blocked: seen.blocked,
            overrun: seen.overrun,
            running: seen.running,
            stations: image
                .stations
                .iter()
                .filter(|found| is_exception(found, names.now))
                .map(|found| station(&names, found))
                .collect(),
            alarms: open_alarms(&names, &image.alarms),
            open_items: self.open_item_lines(),
            proof: image.proof.as_ref().map(proof_sheet),
            work_centres: seen.centres.into_values().collect(),
            open_pairs: seen.open_pairs,
            completed_today: seen.completed_today,
            as_of: if self.network.online { None } else { self.network.last_contact },
        }
    }
}

/// What one walk over the pairs has found.
struct Seen {
    late: Vec<(TimeDelta, BoardPair)>,
    blocked: Vec<BoardPair>,
    overrun: Vec<BoardPair>,
    running: Vec<BoardPair>,
    centres: BTreeMap<WorkCentreId, BoardWorkCentre>,
    open_pairs: u32,
    completed_today: u32,
}

impl Seen {
    fn new(names: &Names<'_>) -> Self {
        let centres =
            names.floor.image().work_centres.values().map(|centre| (centre.id.clone(), empty(centre))).collect();
        Self {
            late: Vec::new(),
            blocked: Vec::new(),
            overrun: Vec::new(),
            running: Vec::new(),
            centres,
            open_pairs: 0,
            completed_today: 0,
        }
    }

    fn look_at(&mut self, names: &Names<'_>, work_order: &WorkOrder) {
        let Some(calendar) = names.calendar() else { return };
        if !work_order.is_open() {
            self.completed_today += u32::from(completed_today(work_order, calendar, names.now));
            return;
        }
        self.open_pairs += 1;
        let foreseen = forecast(work_order, calendar, names.now);
        if foreseen.late {
            let overdue = foreseen.finish_at.map_or(TimeDelta::MAX, |finish| finish - work_order.promise_at);
            let at_hand = work_order
                .jobs
                .iter()
                .find(|job| matches!(work_order.standing(job), Standing::Running | Standing::Paused | Standing::Ready));
            let pair = BoardPair { finish_at: foreseen.finish_at, ..board_pair(names, work_order, at_hand) };
            self.late.push((overdue, pair));
        }
        self.look_for_block(names, work_order);
        for job in &work_order.jobs {
            self.look_at_job(names, work_order, job, foreseen.late);
        }
    }

    fn look_for_block(&mut self, names: &Names<'_>, work_order: &WorkOrder) {
        for found in work_order.nonconformances.iter().filter(|found| found.is_open()) {
            let job = work_order.job(found.job);
            let why = job.and_then(|job| of_standing(names, work_order, job));
            let worker = found.found_by.and_then(|id| names.worker(id));
            let nonconformance = Some(found.id);
            let since = Some(found.found_at);
            let pair = board_pair(names, work_order, job);
            self.blocked.push(BoardPair { why, worker, nonconformance, since, ..pair });
        }
    }

    fn look_at_job(&mut self, names: &Names<'_>, work_order: &WorkOrder, job: &Job, late: bool) {
        let standing = work_order.standing(job);
        if standing == Standing::Running {
            let pair = board_pair(names, work_order, Some(job));
            if u64::from(pair.worked_s) * 100 > u64::from(job.spec.standard_time_s) * OVERRUN_PERCENT {
                self.overrun.push(pair.clone());
            }
            self.running.push(pair);
        }
        let Some(centre) = self.centres.get_mut(&job.spec.work_centre) else { return };
        match standing {
            Standing::Ready => centre.ready += 1,
            Standing::Running => centre.running += 1,
            Standing::Paused => centre.paused += 1,
            Standing::Blocked { .. } => centre.blocked += 1,
            Standing::Waiting { .. } => centre.waiting += 1,
            Standing::Done | Standing::Held | Standing::Void => {}
        }
        if matches!(standing, Standing::Ready | Standing::Running) {
            centre.rework += u32::from(job.is_rework());
            centre.late += u32::from(late);
            centre.load_s += u64::from(job.spec.standard_time_s);
        }
    }
}

/// What began last is first: that is what somebody may still be doing something about.
fn open_alarms(names: &Names<'_>, alarms: &BTreeMap<String, AlarmRow>) -> Vec<BoardAlarm> {
    let open = alarms.iter().filter(|(_, row)| row.closed_at.is_none());
    let mut open: Vec<BoardAlarm> = open
        .map(|(id, row)| BoardAlarm {
            id: id.clone(),
            kind: row.kind,
            workstation: row.workstation.as_ref().map(|id| names.workstation(id)),
            times: row.times,
            since: row.raised_at,
        })
        .collect();
    open.sort_by(|a, b| b.since.cmp(&a.since).then_with(|| a.id.cmp(&b.id)));
    open
}

fn empty(centre: &cordwainer_domain::equipment::WorkCentre) -> BoardWorkCentre {
    BoardWorkCentre {
        id: centre.id.clone(),
        name: centre.name.clone(),
        ready: 0,
        running: 0,
        paused: 0,
        blocked: 0,
        waiting: 0,
        rework: 0,
        late: 0,
        load_s: 0,
    }
}

fn board_pair(names: &Names<'_>, work_order: &WorkOrder, job: Option<&Job>) -> BoardPair {
    let run = job.and_then(Job::run);
    BoardPair {
        pair: names.pair(work_order),
        job: job.map(|job| names.job(work_order, job)),
        worker: run.and_then(|run| run.worker).and_then(|id| names.worker(id)),
        workstation: run.map(|run| names.workstation(&run.workstation)),
        since: run.map(|run| run.started_at),
        worked_s: job.map_or(0, |job| worked_s(job, names)),
        finish_at: None,
        why: None,
        nonconformance: None,
    }
}

fn completed_today(work_order: &WorkOrder, calendar: &Calendar, now: DateTime<Utc>) -> bool {
    let finished = work_order.jobs.iter().filter_map(|job| job.sign_off()).map(|signed| signed.finished_at).max();
    work_order.output_pairs() > 0 && finished.is_some_and(|at| calendar.local_day(at) == calendar.local_day(now))
}

fn is_exception(status: &StationStatus, now: DateTime<Utc>) -> bool {
    let silent = status.last_contact.is_none_or(|heard| now - heard > SILENT_AFTER);
    !status.revoked && (status.outbox_depth > 0 || silent)
}

fn station(names: &Names<'_>, status: &StationStatus) -> BoardStation {
    let age = TimeDelta::milliseconds(i64::try_from(status.oldest_pending_age_ms).unwrap_or(i64::MAX / 2));
    BoardStation {
        station: status.station_id,
        workstation: names.workstation(&status.workstation),
        last_contact: status.last_contact,
        unsent: status.outbox_depth,
        oldest_at: status
            .last_contact
            .filter(|_| status.outbox_depth > 0)
            .and_then(|heard| heard.checked_sub_signed(age)),
    }
}
