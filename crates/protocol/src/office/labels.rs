//! Label templates as the office draws, tries and releases them. A template is the JSON of `assets/labels/README.md`.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use ts_rs::TS;

use crate::LabelKind;

/// A kind of label in the list: `GET /api/v1/labels`.
#[derive(Clone, PartialEq, Debug, Serialize, TS)]
pub struct LabelLine {
    /// What it is for.
    pub kind: LabelKind,
    /// Name of the template that stations print with, and its version: `traveller-60x40@2`.
    pub template: String,
    /// Who released it; the one that ships with the program nobody did.
    pub released: Option<LabelRelease>,
    /// Whose draft there is.
    pub draft: Option<LabelDraftMark>,
}

/// A released version. It never changes.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, TS)]
pub struct LabelRelease {
    /// Version, counted on from the one that ships with the program.
    pub version: u32,
    /// When.
    pub at: DateTime<Utc>,
    /// The person's name.
    pub by: Option<String>,
    /// Why.
    pub reason: String,
}

/// Who changed a draft last.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, TS)]
pub struct LabelDraftMark {
    /// When.
    pub at: DateTime<Utc>,
    /// The person's name.
    pub by: Option<String>,
}

/// A field that labels of a kind are given.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, TS)]
pub struct LabelField {
    /// Name, as in `{name}`.
    pub name: String,
    /// Whether a label may be without it.
    pub may_lack: bool,
    /// What it says on an everyday label; empty where it lacks.
    pub sample: String,
}

/// A kind with everything that its designer needs: `GET /api/v1/labels/{kind}`.
#[derive(Clone, PartialEq, Debug, Serialize, TS)]
pub struct LabelDesign {
    /// What it is for.
    pub kind: LabelKind,
    /// The template to go on with: the draft, or what stations print with.
    #[ts(type = "unknown")]
    pub template: Value,
    /// The template that ships with the program.
    #[ts(type = "unknown")]
    pub shipped: Value,
    /// What stations print with: name and version.
    pub in_use: String,
    /// Whose draft the template is; none when it is what stations print with.
    pub draft: Option<LabelDraftMark>,
    /// To be sent back with a change; 0 without a draft.
    #[ts(type = "number")]
    pub row_version: i64,
    /// What may be bound.
    pub fields: Vec<LabelField>,
    /// Every released version, newest first.
    pub releases: Vec<LabelRelease>,
}

/// `PUT /api/v1/labels/{kind}/draft`.
#[derive(Clone, PartialEq, Debug, Deserialize, TS)]
pub struct LabelDraft {
    /// The template; it may still have faults.
    #[ts(type = "unknown")]
    pub template: Value,
    /// The version that the change was made on.
    #[ts(type = "number")]
    pub row_version: i64,
}

/// What became of a draft.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, TS)]
pub struct KeptLabelDraft {
    /// To be sent back with the next change.
    #[ts(type = "number")]
    pub row_version: i64,
}

/// `POST /api/v1/labels/{kind}/releases`: the draft becomes what stations print with.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize, TS)]
pub struct ReleaseLabel {
    /// Why, in the person's own words.
    pub reason: String,
    /// The version that the person saw.
    #[ts(type = "number")]
    pub row_version: i64,
}

/// `POST /api/v1/labels/{kind}/preview` and `…/test`.
#[derive(Clone, PartialEq, Debug, Deserialize, TS)]
pub struct TriedLabel {
    /// The template; it may still have faults.
    #[ts(type = "unknown")]
    pub template: Value,
    /// Resolution of the printer.
    pub dots_per_inch: u16,
    /// Whether every field says as much as it ever may; otherwise an everyday label.
    pub long: bool,
}

/// The label as a printer would print it, and what is wrong with its template.
#[derive(Clone, PartialEq, Debug, Serialize, TS)]
pub struct LabelPreview {
    /// One bit a dot, PNG, base 64. Absent where not even the size makes sense.
    pub png_base64: Option<String>,
    /// Findings, element by element.
    pub findings: Vec<LabelFinding>,
}

/// A page of the label's own size.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, TS)]
pub struct LabelTestPage {
    /// File name to keep it under.
    pub file_name: String,
    /// PDF, base 64.
    pub pdf_base64: String,
}

/// What a designer should look at.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, TS)]
pub struct LabelFinding {
    /// Name of the element, or `media_mm`.
    pub element: String,
    /// What about it.
    pub code: LabelFindingCode,
    /// Values for its words; each code names its own.
    pub values: BTreeMap<String, String>,
    /// Whether such a template is not released.
    pub stops: bool,
    /// Whether it shows only with data as long as it may get.
    pub long: bool,
    /// The resolutions at which it is so, in dots per inch.
    pub dots_per_inch: Vec<u16>,
}

/// What may be wrong with a label. The values of each are named in its line.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum LabelFindingCode {
    /// bar_mm
    ThinBars,
    /// dots
    SmallModule,
    /// (none)
    LadderWanted,
    /// intruder
    QuietZone,
    /// ideographs
    OverflowPossible,
    /// text
    Overflow,
    /// character
    MissingGlyph,
    /// field
    MissingField,
    /// word
    NoPictogram,
    /// detail
    Unencodable,
    /// needed, available (dots)
    SymbolTooLarge,
    /// (none)
    MediaSize,
    /// (none)
    NameTaken,
    /// (none)
    When,
    /// (none)
    NoArea,
    /// media
    LeavesLabel,
    /// (none)
    Module,
    /// (none)
    Frame,
    /// (none)
    Slanting,
    /// pt
    PointSize,
    /// min, pt; also where it is missing
    SmallestSize,
    /// (none)
    Brace,
    /// field
    UnknownField,
    /// (none)
    PersonalCode,
    /// detail
    Other,
}
