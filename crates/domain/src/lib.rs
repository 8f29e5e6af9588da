//! What is true in a shoe factory, and nothing else.
//!
//! No IO, no async, no clock, no randomness, no wire. Every instant and identifier is passed in. The same code runs at the
//! station and on the server, so that what a worker sees offline is what the server will decide.
//!
//! One folder an area. To add a fact that a worker can record: add a variant to [`production::Fact`], its judgement to
//! [`production::apply`], and what the scan means to [`production::read_traveller`]; the golden files in `crates/sync` will
//! then ask for a sample of its canonical bytes.

mod ids;
mod text;

pub mod code;
pub mod equipment;
pub mod order;
pub mod people;
pub mod product;
pub mod production;
pub mod quality;

pub use ids::{
    AccountId, ActionId, CharacteristicId, ConflictId, CustomerOrderNumber, DefectId, GrantId, JobId, NonconformanceId,
    OperationId, OptionId, ParameterId, RoutingId, SiteId, SkillId, StationId, StyleId, WorkCentreId, WorkOrderId,
    WorkerId, WorkstationId,
};
pub use text::{Language, LocalText};
