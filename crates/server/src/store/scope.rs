//! Who sees what: the scopes of the feed, and which of them a work order is in. Pure.

use std::collections::BTreeSet;

use cordwainer_domain::WorkCentreId;
use cordwainer_domain::production::{Standing, WorkOrder};
use cordwainer_protocol::sync::WorkOrderCard;

/// Version of the rules below. A station whose cursor is of another version begins again from nothing.
pub(crate) const SCOPE_VERSION: u32 = 1;

/// A part of the feed.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Scope {
    /// Everybody.
    All,
    /// Those who lead the floor.
    Floor,
    /// The stations of one work centre.
    WorkCentre(WorkCentreId),
}

impl Scope {
    /// As stored.
    pub(crate) fn key(&self) -> String {
        match self {
            Self::All => "all".to_owned(),
            Self::Floor => "floor".to_owned(),
            Self::WorkCentre(id) => format!("wc:{id}"),
        }
    }

    /// The two parts that a station of this wire scope (`*` or a work centre's key) follows.
    pub(crate) fn followed(wire: &str) -> [String; 2] {
        let own = if wire == "*" { Self::Floor } else { Self::WorkCentre(WorkCentreId::from(wire)) };
        [Self::All.key(), own.key()]
    }
}

/// The scopes that hold a work order: the floor, and every work centre with an open job of it or next to one (the hand-over
/// is checked against both neighbours). A closed or complete one is in none.
pub(crate) fn scopes_of(work_order: &WorkOrder) -> BTreeSet<Scope> {
    let mut scopes = BTreeSet::new();
    if !work_order.is_open() {
        return scopes;
    }
    scopes.insert(Scope::Floor);
    let open: BTreeSet<_> =
        work_order.jobs.iter().filter(|job| !job.is_out_of_the_way()).map(|job| job.spec.id).collect();
    for job in &work_order.jobs {
        let next_to_open = || job.spec.after.iter().any(|before| open.contains(before));
        let precedes_open = || {
            work_order.jobs.iter().any(|later| open.contains(&later.spec.id) && later.spec.after.contains(&job.spec.id))
        };
        if open.contains(&job.spec.id) || next_to_open() || precedes_open() {
            scopes.insert(Scope::WorkCentre(job.spec.work_centre.clone()));
        }
    }
    scopes
}

/// The thin entry of a work order in the map that everybody holds; none once there is nothing left to do.
pub(crate) fn card_of(work_order: &WorkOrder) -> Option<WorkOrderCard> {
    if !work_order.is_open() {
        return None;
    }
    let mut at: Vec<WorkCentreId> = Vec::new();
    for job in &work_order.jobs {
        let here = matches!(work_order.standing(job), Standing::Ready | Standing::Running | Standing::Paused);
        if here && !at.contains(&job.spec.work_centre) {
            at.push(job.spec.work_centre.clone());
        }
    }
    Some(WorkOrderCard {
        id: work_order.id,
        code: work_order.code.clone(),
        number: work_order.number.clone(),
        customer_order: work_order.customer_order.clone(),
        style_name: work_order.pair.style_name.clone(),
        at,
        promise_at: work_order.promise_at,
    })
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use cordwainer_domain::production::{JobState, WorkOrder, WorkOrderLife};

    use super::{Scope, card_of, scopes_of};
    use crate::test_support::factory;

    fn with_voided(voided: &[usize]) -> WorkOrder {
        let mut work_order =
            WorkOrder::release(&factory::released(1, DateTime::UNIX_EPOCH), DateTime::UNIX_EPOCH).unwrap();
        for place in voided {
            work_order.jobs[*place].progress.state = JobState::Void { reason: String::new() };
        }
        work_order
    }

    fn keys(work_order: &WorkOrder) -> Vec<String> {
        scopes_of(work_order).iter().map(Scope::key).collect()
    }

    #[test]
    fn a_pair_is_seen_where_it_is_due_and_next_to_that() {
        let all = ["floor", "wc:closing", "wc:cutting", "wc:inspection", "wc:lasting"];
        assert_eq!(keys(&with_voided(&[])), all, "everybody will get it");
        assert_eq!(keys(&with_voided(&[0])), all, "cutting hands over to closing");
        assert_eq!(
            keys(&with_voided(&[0, 1])),
            ["floor", "wc:closing", "wc:inspection", "wc:lasting"],
            "cutting is done"
        );
        assert_eq!(keys(&with_voided(&[0, 1, 2])), ["floor", "wc:inspection", "wc:lasting"], "one job is left");
        assert!(keys(&with_voided(&[0, 1, 2, 3])).is_empty(), "a complete pair is nobody's");
    }

    #[test]
    fn a_closed_pair_is_nobodys_and_has_no_card() {
        let mut work_order = with_voided(&[]);
        let card = card_of(&work_order).unwrap();
        assert_eq!(card.at, ["cutting".into()], "only the first job may begin");
        work_order.life = WorkOrderLife::Cancelled { at: DateTime::UNIX_EPOCH, reason: String::new() };
        assert!(keys(&work_order).is_empty() && card_of(&work_order).is_none(), "there is nothing to do any more");
    }
}
