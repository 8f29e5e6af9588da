//! Every code of a factory as JSON, for scripts and load tests that scan.

use cordwainer_domain::code::{Code, CodeFault, Command, command_code};
use cordwainer_domain::equipment::WorkstationKind;
use cordwainer_domain::people::Role;
use cordwainer_domain::product::{Parameter, Recording};
use cordwainer_domain::production::{Job, Standing, WorkOrder};
use cordwainer_domain::{
    DefectId, JobId, Language, LocalText, OperationId, SkillId, StyleId, WorkCentreId, WorkOrderId, WorkerId,
    WorkstationId,
};
use serde::Serialize;

use super::factory::Factory;

/// All codes.
#[derive(Serialize, Debug)]
pub struct Codes {
    /// People, with their PINs: the demo's are public, a factory's are not.
    pub badges: Vec<Badge>,
    /// Pairs.
    pub travellers: Vec<Traveller>,
    /// Places.
    pub workstations: Vec<Place>,
    /// Command cards.
    pub commands: Vec<Card>,
    /// Defects.
    pub defects: Vec<DefectCode>,
    /// Operations.
    pub operations: Vec<OperationCode>,
}

/// A badge.
#[derive(Serialize, Debug)]
pub struct Badge {
    /// Code.
    pub code: Code,
    /// Worker.
    pub worker_id: WorkerId,
    /// Name.
    pub name: LocalText,
    /// What colleagues say.
    pub short: LocalText,
    /// PIN.
    pub pin: String,
    /// Roles.
    pub roles: Vec<Role>,
    /// Skills.
    pub skills: Vec<SkillId>,
    /// Where the worker usually works.
    pub work_centres: Vec<WorkCentreId>,
    /// Language of the screens.
    pub language: Language,
}

/// A pair's traveller.
#[derive(Serialize, Debug)]
pub struct Traveller {
    /// Code.
    pub code: Code,
    /// Number as people say it.
    pub number: String,
    /// Work order.
    pub work_order_id: WorkOrderId,
    /// Style.
    pub style: StyleId,
    /// Jobs, in the routing's order.
    pub jobs: Vec<TravellerJob>,
}

/// A job of a pair.
#[derive(Serialize, Debug)]
pub struct TravellerJob {
    /// Job.
    pub id: JobId,
    /// Operation.
    pub operation: OperationId,
    /// Where it is done.
    pub work_centre: WorkCentreId,
    /// How it is recorded.
    pub recording: Recording,
    /// Whether it judges.
    pub inspection: bool,
    /// How it stands: `ready`, `running`…
    pub standing: &'static str,
    /// Pass through the job.
    pub round: u32,
    /// Standard time.
    pub standard_time_s: u32,
    /// What the worker must be qualified for.
    pub skills: Vec<SkillId>,
    /// What the sign-off waits for, with targets and tolerances.
    pub required_parameters: Vec<Parameter>,
}

/// A workstation.
#[derive(Serialize, Debug)]
pub struct Place {
    /// Code.
    pub code: Code,
    /// Key.
    pub id: WorkstationId,
    /// Name.
    pub name: LocalText,
    /// Work centre; none for a supervisor's desk.
    pub work_centre: Option<WorkCentreId>,
    /// What it is for.
    pub kind: WorkstationKind,
}

/// A command card.
#[derive(Serialize, Debug)]
pub struct Card {
    /// Code.
    pub code: Code,
    /// What it says.
    pub command: Command,
    /// Name.
    pub name: LocalText,
}

/// A defect.
#[derive(Serialize, Debug)]
pub struct DefectCode {
    /// Code.
    pub code: Code,
    /// Key.
    pub id: DefectId,
    /// Name.
    pub name: LocalText,
    /// The operation that usually mends it.
    pub operation: OperationId,
}

/// An operation.
#[derive(Serialize, Debug)]
pub struct OperationCode {
    /// Code.
    pub code: Code,
    /// Key.
    pub id: OperationId,
    /// Name.
    pub name: LocalText,
}

/// The codes of a factory whose pairs stand like this.
///
/// # Errors
/// Never for the program's own command cards; the type says so rather than a panic.
pub fn codes(factory: &Factory, work_orders: &[WorkOrder]) -> Result<Codes, CodeFault> {
    Ok(Codes {
        badges: badges(factory),
        travellers: work_orders.iter().map(traveller).collect(),
        workstations: (factory.workstations.iter().cloned())
            .map(|place| Place {
                code: place.code,
                id: place.id,
                name: place.name,
                work_centre: place.work_centre,
                kind: place.kind,
            })
            .collect(),
        commands: cards(factory)?,
        defects: (factory.defects.iter().cloned())
            .map(|defect| DefectCode {
                code: defect.code,
                id: defect.id,
                name: defect.name,
                operation: defect.operation,
            })
            .collect(),
        operations: (factory.operations.iter().cloned())
            .map(|operation| OperationCode { code: operation.code, id: operation.id, name: operation.name })
            .collect(),
    })
}

fn badges(factory: &Factory) -> Vec<Badge> {
    let badge = |person: &super::factory::Person| Badge {
        code: person.worker.badge.clone(),
        worker_id: person.worker.id,
        name: person.worker.name.clone(),
        short: person.worker.short.clone(),
        pin: person.pin.clone(),
        roles: person.worker.roles.clone(),
        skills: person.worker.skills.clone(),
        work_centres: person.worker.work_centres.clone(),
        language: person.worker.language,
    };
    factory.people.iter().map(badge).collect()
}

fn traveller(order: &WorkOrder) -> Traveller {
    Traveller {
        code: order.code.clone(),
        number: order.number.clone(),
        work_order_id: order.id,
        style: order.pair.style.clone(),
        jobs: order.jobs.iter().map(|job| traveller_job(job, &order.standing(job))).collect(),
    }
}

fn traveller_job(job: &Job, standing: &Standing) -> TravellerJob {
    TravellerJob {
        id: job.spec.id,
        operation: job.spec.operation.clone(),
        work_centre: job.spec.work_centre.clone(),
        recording: job.spec.recording,
        inspection: job.spec.inspection,
        standing: standing.word(),
        round: job.progress.round,
        standard_time_s: job.spec.standard_time_s,
        skills: job.spec.skills.clone(),
        required_parameters: job.spec.parameters.iter().filter(|parameter| parameter.required).cloned().collect(),
    }
}

fn cards(factory: &Factory) -> Result<Vec<Card>, CodeFault> {
    let card = |card: &super::factory::CommandCard| {
        Ok(Card { code: command_code(card.command)?, command: card.command, name: card.name.clone() })
    };
    factory.commands.iter().map(card).collect()
}

#[cfg(test)]
mod tests {
    use super::codes;
    use crate::demo::{Factory, stand};
    use cordwainer_domain::code::{Code, Command};

    #[test]
    fn every_code_reads_and_a_command_card_says_its_command() {
        let factory = Factory::embedded().expect("the demo is sound");
        let orders = stand(&factory, "2026-11-19T07:10:00Z".parse().expect("an instant")).expect("a playable demo");
        let codes = codes(&factory, &orders).expect("printable cards");
        let printed = serde_json::to_value(&codes).expect("JSON");
        for (list, count) in [
            ("badges", 24),
            ("travellers", 60),
            ("workstations", 14),
            ("commands", 14),
            ("defects", 30),
            ("operations", 28),
        ] {
            let entries = printed[list].as_array().expect("a list");
            assert_eq!(entries.len(), count, "{list}");
            for entry in entries {
                let code = entry["code"].as_str().expect("a code");
                assert!(Code::parse(code).is_ok(), "{list}: {code} must pass a scanner");
            }
        }
        for card in &codes.commands {
            assert_eq!(Command::read(&card.code), Some(card.command), "a card says what its name promises");
        }
        let pack = &printed["travellers"][8]["jobs"].as_array().expect("jobs").last().expect("a job")["standing"];
        assert_eq!(*pack, "ready", "the ninth pair waits for packing");
    }
}
