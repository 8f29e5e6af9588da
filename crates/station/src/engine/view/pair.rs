//! Find a pair: where is it, who has it, what is next.

use cordwainer_domain::WorkOrderId;
use cordwainer_domain::order::OrderNode;
use cordwainer_domain::production::{Job, JobState, Standing, WorkOrder, forecast};
use cordwainer_protocol::MessageCode;
use cordwainer_protocol::station::{JobLine, NodeState, PairHead, PairSheet, ProgressNode, RpcFailure};
use cordwainer_protocol::sync::WorkOrderCard;

use super::super::words::Names;
use super::super::{Engine, failure};
use super::job_sheet::returned_for;
use super::queue::worked_s;

/// More pairs than anybody reads; a longer text finds fewer.
const MOST_FOUND: usize = 50;

impl Engine {
    /// By code, by number, by the customer's order, or by a part of either.
    pub(in crate::engine) fn find_pair(&self, text: &str) -> Vec<PairHead> {
        let wanted = text.trim().to_lowercase();
        if wanted.is_empty() {
            return Vec::new();
        }
        let names = self.names();
        let fits = |text: &str| text.to_lowercase().contains(&wanted);
        let whole = self.floor.work_orders().filter(|pair| {
            let customer = &pair.customer_name;
            [pair.code.as_str(), &pair.number, pair.customer_order.as_str(), &customer.zh, &customer.en]
                .into_iter()
                .any(fits)
        });
        let by_name = self.floor.image().cards.values().filter(|card| self.floor.work_order(card.id).is_none());
        let by_name = by_name
            .filter(|card| [card.code.as_str(), &card.number, card.customer_order.as_str()].into_iter().any(fits));
        let mut found: Vec<(bool, chrono::DateTime<chrono::Utc>, WorkOrderId)> =
            whole.map(|pair| (is_exact(&pair.number, &wanted), pair.promise_at, pair.id)).collect();
        found.extend(by_name.map(|card| (is_exact(&card.number, &wanted), card.promise_at, card.id)));
        found.sort_by_key(|(exact, promise_at, id)| (!exact, *promise_at, *id));
        found.truncate(MOST_FOUND);
        found.into_iter().filter_map(|(_, _, id)| names.pair_by_id(id)).collect()
    }

    pub(in crate::engine) fn pair(&self, id: WorkOrderId) -> Result<PairSheet, RpcFailure> {
        let names = self.names();
        let printed_before = self.was_printed_before(id);
        if let Some(work_order) = self.floor.work_order(id) {
            return Ok(PairSheet { printed_before, ..whole_sheet(&names, work_order) });
        }
        let card = self.floor.image().cards.get(&id).ok_or_else(|| failure(MessageCode::NotHereYet))?;
        Ok(PairSheet { printed_before, ..sheet_by_name(&names, card) })
    }
}

fn is_exact(number: &str, wanted: &str) -> bool {
    number.to_lowercase() == wanted
}

fn whole_sheet(names: &Names<'_>, work_order: &WorkOrder) -> PairSheet {
    let line = |job: &Job| line(names, work_order, job);
    let standing_of = |job: &&Job| work_order.standing(job);
    let here = |job: &&Job| matches!(standing_of(job), Standing::Running | Standing::Paused);
    PairSheet {
        pair: names.pair(work_order),
        nodes: nodes(names, work_order),
        jobs: work_order.jobs.iter().map(line).collect(),
        here: work_order.jobs.iter().filter(here).map(line).collect(),
        next: names.jobs(work_order, |job| work_order.standing(job) == Standing::Ready),
        nonconformances: returned_for(names, work_order),
        finish_at: names.calendar().and_then(|calendar| forecast(work_order, calendar, names.now).finish_at),
        name_only: false,
        printed_before: false,
    }
}

fn sheet_by_name(names: &Names<'_>, card: &WorkOrderCard) -> PairSheet {
    let here = card.at.iter().map(|centre| node_of(names, centre)).min();
    PairSheet {
        pair: names.pair_by_card(card),
        nodes: here.map_or_else(Vec::new, |here| line_of_nodes(here, false)),
        jobs: Vec::new(),
        here: Vec::new(),
        next: Vec::new(),
        nonconformances: Vec::new(),
        finish_at: None,
        name_only: true,
        printed_before: false,
    }
}

fn nodes(names: &Names<'_>, work_order: &WorkOrder) -> Vec<ProgressNode> {
    line_of_nodes(work_order.node(|centre| node_of(names, centre)), work_order.is_complete())
}

fn line_of_nodes(here: OrderNode, complete: bool) -> Vec<ProgressNode> {
    let state = |node: OrderNode| match node.cmp(&here) {
        std::cmp::Ordering::Less => NodeState::Done,
        std::cmp::Ordering::Equal if complete => NodeState::Done,
        std::cmp::Ordering::Equal => NodeState::Here,
        std::cmp::Ordering::Greater => NodeState::Ahead,
    };
    OrderNode::LINE.into_iter().map(|node| ProgressNode { node, state: state(node) }).collect()
}

fn node_of(names: &Names<'_>, centre: &cordwainer_domain::WorkCentreId) -> OrderNode {
    names.floor.image().work_centres.get(centre).map_or(OrderNode::Stitching, |found| found.node)
}

fn line(names: &Names<'_>, work_order: &WorkOrder, job: &Job) -> JobLine {
    let (worker, workstation, started_at, finished_at) = match &job.progress.state {
        JobState::Running { run } | JobState::Paused { run, .. } => {
            (run.worker, Some(&run.workstation), Some(run.started_at), None)
        }
        JobState::Done { sign_off } => {
            (sign_off.worker, Some(&sign_off.workstation), Some(sign_off.started_at), Some(sign_off.finished_at))
        }
        JobState::Open | JobState::Held { .. } | JobState::Void { .. } => (None, None, None, None),
    };
    JobLine {
        job: names.job(work_order, job),
        standing: work_order.standing(job),
        worker: worker.and_then(|id| names.worker(id)),
        workstation: workstation.map(|id| names.workstation(id)),
        started_at,
        finished_at,
        worked_s: worked_s(job, names),
    }
}
