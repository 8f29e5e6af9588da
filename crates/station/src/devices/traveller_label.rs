//! The traveller's label: from a pair to the bytes for its printer.

use cordwainer_devices::printer::PrinterInput;
use cordwainer_domain::equipment::Calendar;
use cordwainer_domain::production::WorkOrder;
use cordwainer_labels::{LabelData, LabelError, LabelTemplate, PrintSettings, Raster, pdf, resolve};
use cordwainer_protocol::MessageCode;
use cordwainer_protocol::station::Tone;

use crate::engine::Say;

/// The resolution of the usual desktop label printer.
const DOTS_PER_INCH: u16 = 203;

/// A label ready to be stored.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct RenderedLabel {
    /// `name@version`.
    pub template: String,
    /// What was filled in, as JSON.
    pub data: String,
    /// What its printer takes.
    pub payload: Vec<u8>,
}

/// Renders a pair's traveller for a printer; `copy` counts the reprints.
pub(crate) fn render(
    template: &LabelTemplate,
    printer: PrinterInput,
    work_order: &WorkOrder,
    calendar: Option<&Calendar>,
    copy: u32,
) -> Result<RenderedLabel, LabelError> {
    let data = data(work_order, calendar, copy);
    let layout = resolve(template, &data, DOTS_PER_INCH)?;
    let payload = match printer {
        PrinterInput::Label(language) => {
            language.encode(&Raster::render(&layout)?, &PrintSettings::of(template, DOTS_PER_INCH))?
        }
        // A page of the label's own size.
        PrinterInput::Pages => pdf::encode(&work_order.number, &[layout])?,
    };
    let data = serde_json::to_string(&data).map_err(|fault| LabelError::Unreadable(fault.to_string()))?;
    Ok(RenderedLabel { template: template.id(), data, payload })
}

/// What is printed.
fn data(work_order: &WorkOrder, calendar: Option<&Calendar>, copy: u32) -> LabelData {
    let pair = &work_order.pair;
    let size = &pair.size;
    // Feet of different lengths are both said, left first.
    let length = if size.left_length_mm == size.right_length_mm {
        size.left_length_mm.to_string()
    } else {
        format!("{}/{}", size.left_length_mm, size.right_length_mm)
    };
    let due = calendar
        .map_or_else(|| work_order.promise_at.date_naive(), |calendar| calendar.local_day(work_order.promise_at));
    let data = LabelData::default()
        .with("code", work_order.code.as_str())
        .with("work_order", &work_order.number)
        .with("style_zh", format!("{}·{}", pair.style_name.zh, pair.construction.zh))
        .with("style_en", format!("{}, {}", pair.style_name.en, pair.construction.en))
        .with("size", format!("{length} · EU {}", size.eu))
        .with("promise_date", due.to_string())
        .with("customer_order", work_order.customer_order.as_str());
    if copy == 0 { data } else { data.with("reprint_mark", format!("补打 R{copy}")) }
}

/// Why there is no label, in words.
pub(crate) fn refused(fault: &LabelError) -> Say {
    match fault {
        LabelError::MissingGlyph { ch, .. } => {
            Say::refused(MessageCode::LabelGlyphMissing, Tone::Failure).text("character", *ch)
        }
        other => Say::refused(MessageCode::LabelRefused, Tone::Failure).text("detail", other.to_string()),
    }
}
