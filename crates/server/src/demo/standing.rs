//! Where the pairs stand once a play is judged, without any store.

use chrono::{DateTime, Utc};
use cordwainer_domain::production::{Outcome, WorkOrder, apply};
use cordwainer_domain::{StationId, WorkOrderId};
use std::collections::BTreeMap;
use uuid::Uuid;

use super::factory::Factory;
use super::plan::{PlanFault, plan};

/// Every pair of a factory as a load at `now` would leave it, in the order of the data.
///
/// # Errors
/// [`PlanFault`] if the factory cannot be played.
pub fn stand(factory: &Factory, now: DateTime<Utc>) -> Result<Vec<WorkOrder>, PlanFault> {
    let play = plan(factory, now)?;
    let mut orders: BTreeMap<WorkOrderId, WorkOrder> = BTreeMap::new();
    for release in &play.releases {
        let order = WorkOrder::release(&release.order, release.at)
            .map_err(|_| PlanFault::Incomplete(release.order.number.clone()))?;
        orders.insert(order.id, order);
    }
    // Which station recorded a fact makes no difference to what it comes to.
    let nowhere = StationId(Uuid::nil());
    for played in &play.actions {
        let action = played.recorded_by(&factory.site.id, nowhere);
        if let Outcome::Applied(next) | Outcome::Flagged(next, _) =
            apply(orders.get(&played.work_order), &action, played.at)
        {
            orders.insert(next.id, next);
        }
    }
    let mut standing: Vec<WorkOrder> = orders.into_values().collect();
    standing.sort_by(|a, b| a.number.cmp(&b.number));
    Ok(standing)
}
