//! A label's template as somebody edited it, and bytes that claim to be a label.

use std::num::NonZeroU16;

use cordwainer_labels::{LabelData, LabelTemplate, Raster, resolve, zpl, zpl_reader};

/// The dots of one label that a fuzzer may ask for; more is correct, and only slow.
const MOST_DOTS: u64 = 4_000_000;

/// A template is refused or prints: what is laid out becomes one label that our own strict reader takes.
pub fn label_template(input: &[u8]) {
    drop(zpl_reader::read_labels(input));
    let Ok(template) =
        std::str::from_utf8(input).map_err(drop).and_then(|json| LabelTemplate::parse(json).map_err(drop))
    else {
        return;
    };
    let data = LabelData::from([
        ("code", "W7K3M9QXC"),
        ("work_order", "WO-2026-0117"),
        ("style_zh", "三接头牛津鞋"),
        ("style_en", "Cap-toe oxford"),
        ("size", "265 · EU 42"),
        ("promise_date", "2026-03-14"),
        ("customer_order", "CO-2026-0042"),
    ]);
    let Ok(layout) = resolve(&template, &data, 203) else { return };
    if u64::from(layout.width_dots) * u64::from(layout.height_dots) > MOST_DOTS {
        return;
    }
    let Ok(raster) = Raster::render(&layout) else { return };
    let bytes = zpl::encode(&raster, NonZeroU16::MIN);
    let labels = zpl_reader::read_labels(&bytes).expect("our own reader takes what we print");
    assert_eq!(labels.len(), 1, "one template, one label");
}
