//! Raster to TSPL and TSPL2: size and gap in millimetres, then the whole label as one `BITMAP`.
//!
//! Source: TSC TSPL/TSPL2 programming manual. In a `BITMAP` a cleared bit burns, the opposite of every other language
//! here; who forgets it prints black labels.

use crate::{PrintSettings, Raster};

/// Bytes that print `raster`. Lines end in CR LF; the data of the bitmap is followed by one, too.
pub(crate) fn encode(raster: &Raster, settings: &PrintSettings) -> Vec<u8> {
    let mm = |dots: u32| millimetres(f64::from(dots) * 25.4 / f64::from(settings.dots_per_inch));
    let (width, height, row_bytes) = (raster.width_dots(), raster.height_dots(), raster.row_bytes());
    let mut tspl =
        format!("SIZE {} mm,{} mm\r\nGAP {} mm,0 mm\r\n", mm(width), mm(height), millimetres(settings.gap_mm));
    // The picture's top leaves the printer first; without this it lies as the job before wanted it.
    tspl.push_str("DIRECTION 1\r\n");
    if let Some(darkness) = settings.darkness {
        tspl.push_str(&format!("DENSITY {darkness}\r\n"));
    }
    if let Some(speed) = settings.speed {
        tspl.push_str(&format!("SPEED {speed}\r\n"));
    }
    tspl.push_str(&format!("CLS\r\nBITMAP 0,0,{row_bytes},{height},0,"));
    let mut tspl = tspl.into_bytes();
    // The padding behind the right edge is 0 in a raster, so it becomes 1 here: white.
    tspl.extend(raster.rows().flatten().map(|byte| !byte));
    tspl.extend(format!("\r\nPRINT 1,{}\r\n", settings.copies).into_bytes());
    tspl
}

/// Hundredths suffice: they are finer than a tenth of a dot at 300 dpi.
fn millimetres(mm: f64) -> String {
    let text = format!("{mm:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU16;

    use super::*;
    use crate::LabelTemplate;

    #[test]
    fn a_small_label_is_written_exactly_so() {
        let mut raster = Raster::white(12, 2);
        raster.set_black(0, 0);
        raster.set_black(11, 1);
        let settings = PrintSettings {
            copies: NonZeroU16::new(3).unwrap(),
            darkness: Some(8),
            speed: Some(4),
            ..PrintSettings::of(&LabelTemplate::traveller().unwrap(), 203)
        };
        let expected: &[u8] = b"SIZE 1.5 mm,0.25 mm\r\nGAP 2 mm,0 mm\r\nDIRECTION 1\r\nDENSITY 8\r\nSPEED 4\r\nCLS\r\n\
            BITMAP 0,0,2,2,0,\x7F\xFF\xFF\xEF\r\nPRINT 1,3\r\n";
        let tspl = encode(&raster, &settings);
        assert_eq!(tspl, expected, "{}", String::from_utf8_lossy(&tspl));
    }
}
