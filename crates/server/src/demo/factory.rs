//! A factory as its data files describe it: everything that is true before the first scan.
//!
//! [`crate::demo::read`] fills it and [`crate::demo::check`] judges it; whoever holds a [`Factory`] may rely on every
//! reference in it. Nothing here knows of files, databases or clocks.

use cordwainer_domain::code::Code;
use cordwainer_domain::code::Command;
use cordwainer_domain::equipment::{Site, WorkCentre, Workstation};
use cordwainer_domain::people::Worker;
use cordwainer_domain::product::{Operation, OptionValue, PairSize, Routing, Style};
use cordwainer_domain::production::{ChosenOption, Priority};
use cordwainer_domain::quality::Defect;
use cordwainer_domain::{
    CustomerOrderNumber, DefectId, JobId, LocalText, OperationId, RoutingId, SiteId, StyleId, WorkOrderId, WorkerId,
};
use serde::Deserialize;
use uuid::Uuid;

use crate::store::Skill;

/// A whole factory.
#[derive(Clone, PartialEq, Debug)]
pub struct Factory {
    /// Where it is and when people work.
    pub site: Site,
    /// Groups of workstations, in the order in which a pair meets them.
    pub work_centres: Vec<WorkCentre>,
    /// Places where pairs are scanned.
    pub workstations: Vec<Workstation>,
    /// What people can be trusted with.
    pub skills: Vec<Skill>,
    /// People.
    pub people: Vec<Person>,
    /// The standards; a step's picture is the hash of its bytes.
    pub operations: Vec<Operation>,
    /// Which operation comes after which; each step stands after its predecessors.
    pub routings: Vec<Routing>,
    /// What is sold.
    pub styles: Vec<Style>,
    /// What a customer may choose.
    pub options: Vec<OptionValue>,
    /// What an inspector can find.
    pub defects: Vec<Defect>,
    /// Names of the command cards.
    pub commands: Vec<CommandCard>,
    /// Pictures of the instruction steps, each once.
    pub pictures: Vec<Picture>,
    /// Pairs on their way through.
    pub work_orders: Vec<StatedOrder>,
}

/// A worker with the key and the PIN of the data file.
#[derive(Clone, PartialEq, Eq)]
pub struct Person {
    /// The key in the file; its worker's identifier follows from it.
    pub key: String,
    /// The worker.
    pub worker: Worker,
    /// Digits; stored only as a verifier.
    pub pin: String,
}

impl std::fmt::Debug for Person {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Person").field("key", &self.key).field("worker", &self.worker).finish_non_exhaustive()
    }
}

/// A command card: the command is the program's, its name the factory's.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
pub struct CommandCard {
    /// What it says.
    #[serde(rename = "id")]
    pub command: Command,
    /// Name.
    pub name: LocalText,
}

/// A picture of an instruction step.
#[derive(Clone, PartialEq, Eq)]
pub struct Picture {
    /// SHA-256 of the bytes, hexadecimal.
    pub hash: String,
    /// `image/svg+xml` or `image/png`.
    pub media_type: &'static str,
    /// The bytes.
    pub bytes: Vec<u8>,
}

impl std::fmt::Debug for Picture {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Picture({}, {} bytes)", self.hash, self.bytes.len())
    }
}

/// A pair to be made, and how far the data say it has come.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StatedOrder {
    /// Its number as people say it.
    pub number: String,
    /// The code on its traveller.
    pub code: Code,
    /// The customer's order it fulfils.
    pub customer_order: CustomerOrderNumber,
    /// How the customer is called on the floor.
    pub customer_name: LocalText,
    /// Style.
    pub style: StyleId,
    /// Chosen options, with their names.
    pub options: Vec<ChosenOption>,
    /// Both feet.
    pub size: PairSize,
    /// How urgent.
    pub priority: Priority,
    /// Days from the day of loading to the promised day; negative is late already.
    pub promise_in_days: i64,
    /// Days from the release to the day of loading.
    pub released_days_ago: u32,
    /// The job that the pair has come to: everything upstream of it is done.
    pub reached: OperationId,
    /// How that job stands, or the rework job if the pair is back for rework.
    pub at: At,
    /// The inspection that the pair has failed.
    pub failed: Option<StatedFailure>,
}

/// How a reached job stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum At {
    /// May begin.
    Ready,
    /// Somebody works on it.
    Running,
    /// Work stopped for a while.
    Paused,
    /// Signed off; or failed, and nobody has decided.
    Done,
}

/// A failed inspection as the data tell of it.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
pub struct StatedFailure {
    /// Which inspection.
    pub inspection: OperationId,
    /// What was found.
    pub defect: DefectId,
    /// The operation that is open again; nobody has decided if absent.
    pub rework: Option<OperationId>,
}

impl Factory {
    /// The operation with this key.
    pub fn operation(&self, id: &OperationId) -> Option<&Operation> {
        self.operations.iter().find(|operation| operation.id == *id)
    }

    /// The style with this key.
    pub fn style(&self, id: &StyleId) -> Option<&Style> {
        self.styles.iter().find(|style| style.id == *id)
    }

    /// The routing with this key.
    pub fn routing(&self, id: &RoutingId) -> Option<&Routing> {
        self.routings.iter().find(|routing| routing.id == *id)
    }

    /// The defect with this key.
    pub fn defect(&self, id: &DefectId) -> Option<&Defect> {
        self.defects.iter().find(|defect| defect.id == *id)
    }
}

/// Identifiers that follow from the site and a name, so that every load of the same files gives the same ones.
#[derive(Clone, Copy, Debug)]
pub struct Names(Uuid);

impl Names {
    /// The names of one site.
    pub fn of(site: &SiteId) -> Self {
        Self(Uuid::new_v5(&Uuid::NAMESPACE_OID, format!("cordwainer/site/{site}").as_bytes()))
    }

    /// An identifier of its own for a kind of thing and its name.
    pub fn uuid(&self, kind: &str, name: &str) -> Uuid {
        Uuid::new_v5(&self.0, format!("{kind}/{name}").as_bytes())
    }

    /// A worker by the key in the file.
    pub fn worker(&self, key: &str) -> WorkerId {
        WorkerId(self.uuid("worker", key))
    }

    /// A work order by its number.
    pub fn work_order(&self, number: &str) -> WorkOrderId {
        WorkOrderId(self.uuid("work_order", number))
    }

    /// A job by its work order's number and its operation.
    pub fn job(&self, number: &str, operation: &OperationId) -> JobId {
        JobId(self.uuid("job", &format!("{number}/{operation}")))
    }
}
