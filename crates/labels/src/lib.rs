//! Labels and code sheets: a template and its data become dots, and the dots become bytes for a device.
//!
//! ```text
//! LabelTemplate + LabelData ── resolve(dpi) ──> DotLayout ──> Raster ──> PrinterLanguage::encode (ZPL, TSPL, ESC/POS, EPL2)
//!        (millimetres)            checks       (whole dots)     └──────> Raster::to_luma (preview)
//!                                                   └──────────────────> pdf::encode (vectors, subset fonts)
//! ```
//!
//! Everything here is pure: the fonts and the default templates are embedded, nothing is read, sent or timed.
//! Every check happens in [`resolve`]: what it returns can be printed and scanned, and what cannot is refused with the
//! element's name. A further printer language is one more module that encodes a [`Raster`]; a further label is one more
//! file in `assets/labels` and one more [`LabelKind`].
//!
//! ```
//! use cordwainer_labels::{LabelData, LabelTemplate, Raster, resolve, zpl};
//! let data = LabelData::from([
//!     ("code", "W7K3M9QXC"), ("work_order", "WO-2026-0117"), ("style_zh", "三接头牛津鞋"),
//!     ("style_en", "Cap-toe oxford"), ("size", "265 · EU 42"), ("promise_date", "2026-03-14"),
//!     ("customer_order", "CO-2026-0042"),
//! ]);
//! let layout = resolve(&LabelTemplate::traveller()?, &data, 203)?;
//! let bytes = zpl::encode(&Raster::render(&layout)?, std::num::NonZeroU16::MIN);
//! assert!(bytes.starts_with(b"^XA"));
//! # Ok::<(), cordwainer_labels::LabelError>(())
//! ```

mod binding;
mod epl;
mod epl_reader;
mod error;
mod escpos;
mod escpos_reader;
mod font;
mod kind;
mod language;
mod layout;
mod lines;
mod lint;
pub mod pdf;
mod pictogram;
mod preview;
mod raster;
mod reading;
mod sample;
pub mod sheet;
mod status;
mod symbol;
mod template;
mod tspl;
mod tspl_reader;
pub mod zpl;
pub mod zpl_reader;

pub use binding::LabelData;
pub use error::LabelError;
pub use font::FontRole;
pub use kind::LabelKind;
pub use language::{LabelEnding, PrintSettings, PrinterLanguage, UnknownLanguage};
pub use layout::{DotBox, DotItem, DotLayout, DotPictogram, DotSymbol, DotText, resolve};
pub use lint::{LabelConcern, LabelWarning, lint, lint_for};
pub use pictogram::Pictogram;
pub use preview::preview;
pub use raster::Raster;
pub use reading::{ReadError, SeenLabel};
pub use sample::SampleLength;
pub use sheet::{CodeSheetCell, CodeSheetSection, code_sheet_pdf};
pub use status::PrinterStatus;
pub use symbol::Symbology;
pub use template::{
    Align, BarcodeElement, BoxMm, Element, LabelTemplate, LineElement, MediaMm, Orientation, Overflow,
    PictogramElement, RectElement, TemplateFault, TextElement, Vertical,
};
