//! The graph of a routing: is it one, and in which order can its operations be listed?

use std::collections::BTreeSet;

use cordwainer_domain::OperationId;
use cordwainer_domain::product::{Routing, RoutingStep};

/// Puts every step after its predecessors, otherwise keeping the order of the file. Steps that stand on a circle, which
/// [`super::check`] refuses, keep their place at the end.
pub fn in_order(routing: &mut Routing) {
    let mut waiting = std::mem::take(&mut routing.steps);
    while let Some(next) = waiting.iter().position(|step| is_free(step, &routing.steps)) {
        routing.steps.push(waiting.remove(next));
    }
    routing.steps.append(&mut waiting);
}

fn is_free(step: &RoutingStep, listed: &[RoutingStep]) -> bool {
    step.after.iter().all(|before| listed.iter().any(|done| done.operation == *before))
}

/// What is wrong with the graph.
pub fn faults(routing: &Routing) -> Vec<String> {
    let mut found = Vec::new();
    let mut seen = BTreeSet::new();
    for step in &routing.steps {
        if !seen.insert(&step.operation) {
            found.push(format!("{} is listed twice", step.operation));
        }
        if let Some(missing) = step.after.iter().find(|before| !contains(routing, before)) {
            found.push(format!("{} comes after {missing}, which is not in this routing", step.operation));
        }
    }
    if routing.steps.is_empty() {
        found.push("a routing has at least one [[routing.step]]".into());
    }
    if found.is_empty() {
        found.extend(circle(routing));
    }
    if found.is_empty() {
        found.extend(loose_ends(routing));
    }
    found
}

fn contains(routing: &Routing, operation: &OperationId) -> bool {
    routing.steps.iter().any(|step| step.operation == *operation)
}

fn circle(routing: &Routing) -> Option<String> {
    let mut circle: Vec<&RoutingStep> = routing.steps.iter().collect();
    // What waits for nothing, or is waited for by nothing, stands on no circle; what remains in the end does.
    while let Some(beside) = circle.iter().position(|step| {
        let waits = circle.iter().any(|other| step.after.contains(&other.operation));
        let is_waited_for = circle.iter().any(|other| other.after.contains(&step.operation));
        !waits || !is_waited_for
    }) {
        circle.remove(beside);
    }
    let names: Vec<&str> = circle.iter().map(|step| step.operation.as_str()).collect();
    (!names.is_empty()).then(|| format!("these operations wait for each other in a circle: {}", names.join(", ")))
}

fn loose_ends(routing: &Routing) -> Option<String> {
    let is_followed = |step: &&RoutingStep| routing.steps.iter().any(|other| other.after.contains(&step.operation));
    let ends: Vec<&str> =
        routing.steps.iter().filter(|step| !is_followed(step)).map(|step| step.operation.as_str()).collect();
    (ends.len() > 1).then(|| format!("a pair is finished in one operation, but nothing follows {}", ends.join(" and ")))
}

/// Every operation upstream of one, in the order of the routing.
pub fn upstream(routing: &Routing, operation: &OperationId) -> Vec<OperationId> {
    let mut found: BTreeSet<&OperationId> = BTreeSet::new();
    let mut next = vec![operation];
    while let Some(current) = next.pop() {
        for before in routing.steps.iter().filter(|step| step.operation == *current).flat_map(|step| &step.after) {
            if found.insert(before) {
                next.push(before);
            }
        }
    }
    routing.steps.iter().map(|step| &step.operation).filter(|id| found.contains(id)).cloned().collect()
}
