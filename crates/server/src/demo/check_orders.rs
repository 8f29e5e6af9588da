//! Whether each work order can have come as far as it says.

use cordwainer_domain::product::{Recording, Routing};

use super::factory::{At, Factory, StatedFailure, StatedOrder};
use super::fault::FactoryFaults;
use super::routing::upstream;

/// Lengths and girths of human feet with room to spare; anything else was meant in another unit.
const FOOT_MM: std::ops::RangeInclusive<u16> = 80..=450;
/// Furthest a release or a promise may lie away, in days.
const FURTHEST_DAYS: i64 = 365;

/// Checks every work order.
pub fn check_orders(factory: &Factory, faults: &mut FactoryFaults) {
    for order in &factory.work_orders {
        if let Err(reason) = check_order(factory, order) {
            faults.push("work_orders.toml", &order.number, reason);
        }
    }
}

fn check_order(factory: &Factory, order: &StatedOrder) -> Result<(), String> {
    let style = factory.style(&order.style).ok_or_else(|| format!("styles.toml has no \"{}\"", order.style))?;
    let routing =
        factory.routing(&style.routing).ok_or_else(|| format!("routings.toml has no \"{}\"", style.routing))?;
    let size = &order.size;
    for length_mm in [size.left_length_mm, size.right_length_mm, size.left_girth_mm, size.right_girth_mm] {
        if !FOOT_MM.contains(&length_mm) {
            return Err(format!("`size` has {length_mm}; lengths and girths are in millimetres"));
        }
    }
    if order.promise_in_days.abs() > FURTHEST_DAYS || i64::from(order.released_days_ago) > FURTHEST_DAYS {
        return Err(format!("`promise_in_days` and `released_days_ago` reach at most {FURTHEST_DAYS} days"));
    }
    let position = routing.steps.iter().position(|step| step.operation == order.reached);
    position.ok_or_else(|| format!("`reached` is {}, which routing {} does not have", order.reached, routing.id))?;
    match &order.failed {
        Some(failed) => check_failure(factory, routing, order, failed),
        None => check_at(factory, order, &order.reached),
    }
}

fn check_failure(
    factory: &Factory,
    routing: &Routing,
    order: &StatedOrder,
    failed: &StatedFailure,
) -> Result<(), String> {
    let inspects = factory.operation(&failed.inspection).is_some_and(|operation| operation.inspection);
    if !inspects {
        return Err(format!("`failed.inspection` is {}, which is no inspection in operations.toml", failed.inspection));
    }
    if failed.inspection != order.reached {
        return Err(format!("`reached` must be the failed inspection {}", failed.inspection));
    }
    if factory.defect(&failed.defect).is_none() {
        return Err(format!("defects.toml has no \"{}\"", failed.defect));
    }
    let Some(rework) = &failed.rework else {
        return if order.at == At::Done {
            Ok(())
        } else {
            Err("nobody has disposed of the pair (no `failed.rework`), so `at` must be \"done\"".into())
        };
    };
    if !upstream(routing, &failed.inspection).contains(rework) {
        return Err(format!("`failed.rework` is {rework}, which does not come before {}", failed.inspection));
    }
    if order.at == At::Done {
        return Err("`at` is the state of the rework job: ready, running or paused".into());
    }
    check_at(factory, order, rework)
}

fn check_at(factory: &Factory, order: &StatedOrder, reached: &cordwainer_domain::OperationId) -> Result<(), String> {
    let one_scan = factory.operation(reached).is_some_and(|operation| operation.recording == Recording::OneScan);
    if one_scan && matches!(order.at, At::Running | At::Paused) {
        return Err(format!("{reached} is one_scan: it is ready or done, never between"));
    }
    Ok(())
}
