//! What comes out of the crate, looked at with other people's eyes: rxing, zbarimg, dmtxread, poppler, labelize and our own
//! strict readers.

mod decoders;
mod kinds;
mod languages;
mod others;
mod pdf;
mod properties;
mod refusals;
mod samples;
mod thermal;

use cordwainer_labels::LabelData;

/// The code on the example labels.
const CODE: &str = "W7K3M9QXC";

/// A traveller as the factory would print it.
fn traveller_data() -> LabelData {
    LabelData::from([
        ("code", CODE),
        ("work_order", "WO-2026-0117"),
        ("style_zh", "三接头牛津鞋·固特异"),
        ("style_en", "Cap-toe oxford, Goodyear welted"),
        ("size", "265 · EU 42"),
        ("promise_date", "2026-03-14"),
        ("customer_order", "CO-2026-0042"),
    ])
}
