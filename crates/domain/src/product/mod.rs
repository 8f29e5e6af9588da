//! Product definition: operations with their standards, routings, styles, options.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::code::Code;
use crate::{
    CharacteristicId, LocalText, OperationId, OptionId, ParameterId, RoutingId, SkillId, StyleId, WorkCentreId,
};

/// How a job of an operation is recorded.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Recording {
    /// The scan finishes the job; its start is inferred.
    OneScan,
    /// One scan starts, the next one finishes.
    StartFinish,
}

/// A process parameter with its tolerance: stitch pitch 3.0 mm, 2.8 to 3.2.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct Parameter {
    /// Key, unique within the operation.
    pub id: ParameterId,
    /// Name.
    pub name: LocalText,
    /// Unit as printed: mm, °C, times.
    pub unit: String,
    /// Nominal value.
    #[ts(type = "string")]
    pub target: Decimal,
    /// Lowest value within tolerance.
    #[ts(type = "string")]
    pub min: Decimal,
    /// Highest value within tolerance.
    #[ts(type = "string")]
    pub max: Decimal,
    /// Decimal places to enter.
    pub decimals: u32,
    /// Whether the sign-off waits for it.
    pub required: bool,
}

/// How a characteristic is judged.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum CharacteristicKind {
    /// Good or not.
    Attribute,
    /// A number within a tolerance.
    Measured,
}

/// A thing an inspector checks.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct Characteristic {
    /// Key, unique within the operation.
    pub id: CharacteristicId,
    /// Name.
    pub name: LocalText,
    /// How it is judged.
    pub kind: CharacteristicKind,
    /// Unit of a measured one.
    #[serde(default)]
    pub unit: String,
    /// Lowest good value of a measured one.
    #[serde(default)]
    #[ts(type = "string | null")]
    pub min: Option<Decimal>,
    /// Highest good value of a measured one.
    #[serde(default)]
    #[ts(type = "string | null")]
    pub max: Option<Decimal>,
    /// Decimal places to enter.
    #[serde(default)]
    pub decimals: u32,
}

/// One step of the instruction: a few words and a picture.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct InstructionStep {
    /// At most twelve characters in Chinese.
    pub text: LocalText,
    /// Name of the picture: in a data file its file name, in the store the hash of its bytes.
    pub picture: String,
}

/// The reusable standard of a piece of work.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct Operation {
    /// Key.
    pub id: OperationId,
    /// Version; a work order keeps the one it was released with.
    pub version: u32,
    /// The code on its card.
    pub code: Code,
    /// Name.
    pub name: LocalText,
    /// Name for narrow places: at most four hanzi.
    pub short: LocalText,
    /// Where it is done.
    pub work_centre: WorkCentreId,
    /// How long a practised worker takes.
    pub standard_time_s: u32,
    /// How it is recorded.
    pub recording: Recording,
    /// What the worker must be qualified for.
    #[serde(default)]
    pub skills: Vec<SkillId>,
    /// Whether it judges rather than makes.
    #[serde(default)]
    pub inspection: bool,
    /// Name of its pictogram.
    pub pictogram: String,
    /// What to do.
    #[serde(default, rename = "step", alias = "steps")]
    pub steps: Vec<InstructionStep>,
    /// What to record.
    #[serde(default, rename = "parameter", alias = "parameters")]
    pub parameters: Vec<Parameter>,
    /// What to check.
    #[serde(default, rename = "characteristic", alias = "characteristics")]
    pub characteristics: Vec<Characteristic>,
}

/// One step of a routing.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct RoutingStep {
    /// What is done.
    pub operation: OperationId,
    /// What must be done before.
    #[serde(default)]
    pub after: Vec<OperationId>,
}

/// A directed acyclic graph of operations; upper and bottom are made in parallel and meet at lasting.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Routing {
    /// Key.
    pub id: RoutingId,
    /// Steps in the order in which a person would list them.
    #[serde(rename = "step", alias = "steps")]
    pub steps: Vec<RoutingStep>,
}

/// A style: oxford, derby, loafer, chelsea boot.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct Style {
    /// Key.
    pub id: StyleId,
    /// Name.
    pub name: LocalText,
    /// How it is made.
    pub routing: RoutingId,
    /// Construction as the customer knows it: Goodyear welt, Blake.
    pub construction: LocalText,
}

/// One value of an option group.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct OptionValue {
    /// The group: leather, colour, lining, sole.
    pub group: String,
    /// Key, unique within the group.
    pub id: OptionId,
    /// Name.
    pub name: LocalText,
    /// Colour for pictures, `#rrggbb`.
    #[serde(default)]
    pub hex: Option<String>,
}

/// Both feet's sizes of one pair, millimetres first (ISO 9407 Mondopoint; GB/T 43293-2022).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct PairSize {
    /// Left foot length.
    pub left_length_mm: u16,
    /// Right foot length.
    pub right_length_mm: u16,
    /// Left ball girth.
    pub left_girth_mm: u16,
    /// Right ball girth.
    pub right_girth_mm: u16,
    /// EU size as said to the customer.
    pub eu: String,
}
