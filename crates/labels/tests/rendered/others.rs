//! Somebody else's interpreter of printer languages sees every label as we drew it, dot for dot.

use cordwainer_labels::{LabelKind, PrintSettings, PrinterLanguage, Raster, resolve};

use crate::{decoders, samples};

#[test]
fn labelize_draws_our_zpl_tspl_and_epl_without_a_differing_dot() {
    for kind in LabelKind::ALL {
        let template = kind.template().unwrap();
        for (dots_per_inch, dots_per_mm) in [(203, 8), (300, 12)] {
            let raster = Raster::render(&resolve(&template, &samples::long(kind), dots_per_inch).unwrap()).unwrap();
            let size = (raster.width_dots(), raster.height_dots());
            for language in [PrinterLanguage::Zpl, PrinterLanguage::Tspl, PrinterLanguage::Epl] {
                let bytes = language.encode(&raster, &PrintSettings::of(&template, dots_per_inch)).unwrap();
                let seen = decoders::labelize(language, &bytes, size, dots_per_mm);
                assert_eq!(seen.dimensions(), size, "{kind:?} as {language} at {dots_per_inch} dpi");
                // labelize 1.10 takes a set bit of EPL2's GW for black. Zebra's own note on GW says white, and so do CUPS'
                // label driver and every EPL2 program we found, so here its picture must be the exact negative.
                let is_negative = language == PrinterLanguage::Epl;
                let differing = seen
                    .as_raw()
                    .iter()
                    .zip(raster.to_luma())
                    .filter(|(seen, drawn)| (**seen == *drawn) == is_negative)
                    .count();
                assert_eq!(differing, 0, "{kind:?} as {language} at {dots_per_inch} dpi");
            }
        }
    }
}
