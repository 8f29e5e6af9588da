//! Whether a factory's entries fit each other. Every reference is followed here once, so that nobody needs to doubt it later.

use std::collections::{BTreeMap, BTreeSet};

use cordwainer_domain::code::Code;
use cordwainer_domain::equipment::WorkstationKind;
use cordwainer_domain::people::Role;

use super::check_operations::check_operations;
use super::check_orders::check_orders;
use super::factory::Factory;
use super::fault::FactoryFaults;
use super::routing;

/// Checks a whole factory.
///
/// # Errors
/// Everything that does not fit.
pub fn check(factory: &Factory) -> Result<(), FactoryFaults> {
    let mut faults = FactoryFaults::default();
    check_keys(factory, &mut faults);
    check_codes(factory, &mut faults);
    check_places(factory, &mut faults);
    check_people(factory, &mut faults);
    check_operations(factory, &mut faults);
    check_routings(factory, &mut faults);
    check_product(factory, &mut faults);
    // An order is played along its routing, so the routing must be sound before the order can be judged.
    faults.or(())?;
    let mut faults = FactoryFaults::default();
    check_orders(factory, &mut faults);
    faults.or(())
}

fn check_keys(factory: &Factory, faults: &mut FactoryFaults) {
    unique(faults, "work_centres.toml", "id", factory.work_centres.iter().map(|entry| entry.id.as_str()));
    unique(faults, "workstations.toml", "id", factory.workstations.iter().map(|entry| entry.id.as_str()));
    unique(faults, "skills.toml", "id", factory.skills.iter().map(|entry| entry.id.as_str()));
    unique(faults, "workers.toml", "id", factory.people.iter().map(|entry| entry.key.as_str()));
    unique(faults, "workers.toml", "short.zh", factory.people.iter().map(|entry| entry.worker.short.zh.as_str()));
    unique(faults, "operations.toml", "id", factory.operations.iter().map(|entry| entry.id.as_str()));
    unique(faults, "routings.toml", "id", factory.routings.iter().map(|entry| entry.id.as_str()));
    unique(faults, "styles.toml", "id", factory.styles.iter().map(|entry| entry.id.as_str()));
    unique(faults, "defects.toml", "id", factory.defects.iter().map(|entry| entry.id.as_str()));
    unique(faults, "work_orders.toml", "number", factory.work_orders.iter().map(|entry| entry.number.as_str()));
    let options: Vec<String> = factory.options.iter().map(|entry| format!("{} {}", entry.group, entry.id)).collect();
    unique(faults, "options.toml", "group and id", options.iter().map(String::as_str));
    let ids = [
        ("work_centres.toml", factory.work_centres.iter().map(|entry| entry.id.as_str()).collect::<Vec<_>>()),
        ("workstations.toml", factory.workstations.iter().map(|entry| entry.id.as_str()).collect()),
        ("operations.toml", factory.operations.iter().map(|entry| entry.id.as_str()).collect()),
        ("site.toml", vec![factory.site.id.as_str()]),
    ];
    for (file, names) in ids {
        for name in names.into_iter().filter(|name| !is_plain_key(name)) {
            faults.push(
                file,
                name,
                "an id has small letters, digits and . _ - only, for it stands in addresses and cursors",
            );
        }
    }
}

fn is_plain_key(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"._-".contains(&b))
}

fn unique<'a>(faults: &mut FactoryFaults, file: &str, key: &str, names: impl Iterator<Item = &'a str>) {
    let mut seen = BTreeSet::new();
    for name in names {
        if !seen.insert(name) {
            faults.push(file, name, format!("two entries have this {key}"));
        }
    }
}

/// One scan must mean one thing.
fn check_codes(factory: &Factory, faults: &mut FactoryFaults) {
    let workstations = factory.workstations.iter().map(|entry| ("workstations.toml", entry.id.as_str(), &entry.code));
    let badges = factory.people.iter().map(|entry| ("workers.toml", entry.key.as_str(), &entry.worker.badge));
    let operations = factory.operations.iter().map(|entry| ("operations.toml", entry.id.as_str(), &entry.code));
    let defects = factory.defects.iter().map(|entry| ("defects.toml", entry.id.as_str(), &entry.code));
    let travellers = factory.work_orders.iter().map(|entry| ("work_orders.toml", entry.number.as_str(), &entry.code));
    let mut owners: BTreeMap<&Code, &str> = BTreeMap::new();
    for (file, entry, code) in workstations.chain(badges).chain(operations).chain(defects).chain(travellers) {
        if let Some(owner) = owners.insert(code, entry) {
            faults.push(file, entry, format!("the code {} is {owner}'s already; draw another", &code.as_str()[..8]));
        }
    }
}

fn check_places(factory: &Factory, faults: &mut FactoryFaults) {
    for workstation in &factory.workstations {
        let name = workstation.id.as_str();
        match &workstation.work_centre {
            Some(centre) if !factory.work_centres.iter().any(|known| known.id == *centre) => {
                faults.push("workstations.toml", name, format!("work_centres.toml has no \"{centre}\""));
            }
            None if workstation.kind != WorkstationKind::Supervision => {
                faults.push("workstations.toml", name, "only a workstation of kind supervision has no work_centre");
            }
            _ => {}
        }
    }
}

fn check_people(factory: &Factory, faults: &mut FactoryFaults) {
    for person in &factory.people {
        let mut fault = |reason: String| faults.push("workers.toml", &person.key, reason);
        if !(4..=8).contains(&person.pin.len()) || !person.pin.bytes().all(|b| b.is_ascii_digit()) {
            // The PIN itself is never quoted: faults end up in logs.
            fault("`pin` must be 4 to 8 digits".into());
        }
        if person.worker.roles.is_empty() {
            fault("`roles` is empty; write worker, inspector or supervisor".into());
        }
        for skill in person.worker.skills.iter().filter(|skill| !factory.skills.iter().any(|known| known.id == **skill))
        {
            fault(format!("skills.toml has no \"{skill}\""));
        }
        for centre in &person.worker.work_centres {
            if !factory.work_centres.iter().any(|known| known.id == *centre) {
                fault(format!("work_centres.toml has no \"{centre}\""));
            }
        }
    }
    let leads = |role: Role| factory.people.iter().any(|person| person.worker.has_role(role));
    if !factory.people.is_empty() && !leads(Role::Supervisor) {
        faults.push("workers.toml", "", "nobody is a supervisor; conflicts could never be closed");
    }
}

fn check_routings(factory: &Factory, faults: &mut FactoryFaults) {
    for routing in &factory.routings {
        let name = routing.id.as_str();
        for reason in routing::faults(routing) {
            faults.push("routings.toml", name, reason);
        }
        for step in &routing.steps {
            match factory.operation(&step.operation) {
                None => faults.push("routings.toml", name, format!("operations.toml has no \"{}\"", step.operation)),
                Some(operation) if operation.inspection && step.after.is_empty() => {
                    let reason = format!("{} is an inspection with nothing before it to inspect", step.operation);
                    faults.push("routings.toml", name, reason);
                }
                Some(_) => {}
            }
        }
    }
}

fn check_product(factory: &Factory, faults: &mut FactoryFaults) {
    for style in factory.styles.iter().filter(|style| factory.routing(&style.routing).is_none()) {
        faults.push("styles.toml", style.id.as_str(), format!("routings.toml has no \"{}\"", style.routing));
    }
    for option in &factory.options {
        if option.hex.as_deref().is_some_and(|hex| !is_colour(hex)) {
            faults.push("options.toml", option.id.as_str(), "`hex` is a colour such as \"#3A2A20\"");
        }
    }
    for defect in &factory.defects {
        let name = defect.id.as_str();
        if factory.operation(&defect.operation).is_none() {
            faults.push("defects.toml", name, format!("operations.toml has no \"{}\"", defect.operation));
        }
        if defect.x > 1000 || defect.y > 1000 {
            faults.push("defects.toml", name, "`x` and `y` are thousandths of the outline, 0 to 1000");
        }
    }
}

fn is_colour(hex: &str) -> bool {
    hex.len() == 7 && hex.starts_with('#') && hex[1..].bytes().all(|b| b.is_ascii_hexdigit())
}
