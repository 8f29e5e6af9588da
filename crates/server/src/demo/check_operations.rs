//! Whether each standard can be worked: times, tolerances, instructions, and somebody who may do it somewhere.

use std::collections::BTreeSet;

use cordwainer_domain::people::Role;
use cordwainer_domain::product::{Characteristic, CharacteristicKind, Operation, Parameter, Recording};

use super::factory::Factory;
use super::fault::FactoryFaults;

const FILE: &str = "operations.toml";
/// Steps of an instruction; more would not be read beside a machine.
const MOST_STEPS: usize = 3;
/// Characters of a step in Chinese.
const LONGEST_STEP: usize = 12;
/// Decimal places; the pad has no room for more.
const MOST_DECIMALS: u32 = 6;
/// Longest standard time: a month of seconds. Anything longer was meant in another unit.
const LONGEST_STANDARD_TIME_S: u32 = 30 * 86_400;

/// Checks every operation.
pub fn check_operations(factory: &Factory, faults: &mut FactoryFaults) {
    for operation in &factory.operations {
        for reason in reasons(factory, operation) {
            faults.push(FILE, operation.id.as_str(), reason);
        }
    }
}

fn reasons(factory: &Factory, operation: &Operation) -> Vec<String> {
    let mut found = Vec::new();
    if operation.version == 0 {
        found.push("`version` begins at 1".into());
    }
    if !(1..=LONGEST_STANDARD_TIME_S).contains(&operation.standard_time_s) {
        found.push("`standard_time_s` is the time for one pair in seconds".into());
    }
    if !(1..=MOST_STEPS).contains(&operation.steps.len()) {
        found.push(format!("an instruction has one to {MOST_STEPS} steps, this one has {}", operation.steps.len()));
    }
    for (index, step) in operation.steps.iter().enumerate() {
        let length = step.text.zh.chars().count();
        if length > LONGEST_STEP {
            found.push(format!(
                "step {}: {length} characters in Chinese; {LONGEST_STEP} can be read at a glance",
                index + 1
            ));
        }
    }
    found.extend(operation.parameters.iter().filter_map(parameter_fault));
    found.extend(operation.characteristics.iter().filter_map(characteristic_fault));
    found.extend(twice(operation));
    found.extend(recording_fault(operation));
    found.extend(place_faults(factory, operation));
    found
}

fn parameter_fault(parameter: &Parameter) -> Option<String> {
    let Parameter { id, target, min, max, decimals, .. } = parameter;
    if min > max {
        return Some(format!("parameter {id}: min {min} is above max {max}"));
    }
    if target < min || target > max {
        return Some(format!("parameter {id}: target {target} is outside {min} to {max}"));
    }
    if *decimals > MOST_DECIMALS || [target, min, max].into_iter().any(|value| value.normalize().scale() > *decimals) {
        return Some(format!("parameter {id}: target, min and max have more places than `decimals` = {decimals}"));
    }
    None
}

fn characteristic_fault(characteristic: &Characteristic) -> Option<String> {
    let Characteristic { id, kind, min, max, .. } = characteristic;
    match (kind, min, max) {
        (CharacteristicKind::Measured, Some(min), Some(max)) if min > max => {
            Some(format!("characteristic {id}: min {min} is above max {max}"))
        }
        (CharacteristicKind::Measured, None, None) => {
            Some(format!("characteristic {id}: a measured one has `min`, `max` or both"))
        }
        (CharacteristicKind::Attribute, None, None) | (CharacteristicKind::Measured, ..) => None,
        (CharacteristicKind::Attribute, ..) => {
            Some(format!("characteristic {id}: an attribute has no `min` and `max`"))
        }
    }
}

fn twice(operation: &Operation) -> Option<String> {
    let parameters = operation.parameters.iter().map(|entry| ("parameter", entry.id.as_str()));
    let characteristics = operation.characteristics.iter().map(|entry| ("characteristic", entry.id.as_str()));
    let mut seen = BTreeSet::new();
    let (kind, id) = parameters.chain(characteristics).find(|entry| !seen.insert(*entry))?;
    Some(format!("{kind} {id} is listed twice"))
}

fn recording_fault(operation: &Operation) -> Option<String> {
    let required = operation.parameters.iter().find(|parameter| parameter.required);
    match (operation.recording, operation.inspection, required) {
        (Recording::OneScan, _, Some(parameter)) => Some(format!(
            "one_scan, but parameter {} is required; nothing can be asked when one scan is the whole sign-off",
            parameter.id
        )),
        (_, true, Some(parameter)) => {
            Some(format!("an inspection has characteristics; parameter {} would never be asked", parameter.id))
        }
        (Recording::OneScan, true, None) => {
            Some("an inspection needs a judgement; its recording is start_finish".into())
        }
        (_, false, _) if !operation.characteristics.is_empty() => {
            Some("characteristics belong to an inspection; set `inspection = true` or make them parameters".into())
        }
        (_, true, None) if operation.characteristics.is_empty() => {
            Some("an inspection has at least one [[operation.characteristic]]".into())
        }
        _ => None,
    }
}

fn place_faults(factory: &Factory, operation: &Operation) -> Vec<String> {
    let mut found = Vec::new();
    let centre = &operation.work_centre;
    if !factory.work_centres.iter().any(|known| known.id == *centre) {
        found.push(format!("work_centres.toml has no \"{centre}\""));
    } else if !factory.workstations.iter().any(|known| known.work_centre.as_ref() == Some(centre)) {
        found.push(format!("no workstation in workstations.toml belongs to {centre}"));
    }
    let unknown: Vec<_> =
        operation.skills.iter().filter(|skill| !factory.skills.iter().any(|known| known.id == **skill)).collect();
    found.extend(unknown.iter().map(|skill| format!("skills.toml has no \"{skill}\"")));
    let may = |person: &super::factory::Person| {
        person.worker.lacks(&operation.skills).is_none()
            && (!operation.inspection
                || person.worker.has_role(Role::Inspector)
                || person.worker.has_role(Role::Supervisor))
    };
    if unknown.is_empty() && !factory.people.iter().any(may) {
        let role = if operation.inspection { " and is an inspector" } else { "" };
        found.push(format!("nobody in workers.toml has its skills{role}"));
    }
    found
}
