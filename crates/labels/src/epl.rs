//! Raster to EPL2: label width and length, then the whole label as one `GW`.
//!
//! Sources: Zebra EPL2 programmer's manual 980352-001 and EPL programming guide 14245L-003 (`N`, `q`, `Q`, `D`, `S`, `P`);
//! Zebra support, "Details related to the GW EPL command": there is a comma between the last number and the data, a set
//! bit is white and a cleared one black.

use crate::{PrintSettings, Raster};

/// Bytes that print `raster`. Lines end in LF. `q` and `Q` clear the picture, so they come before `N`.
pub(crate) fn encode(raster: &Raster, settings: &PrintSettings) -> Vec<u8> {
    let (width, height, row_bytes) = (raster.width_dots(), raster.height_dots(), raster.row_bytes());
    // Checked by the caller; 0 is continuous paper.
    let gap = gap_dots(settings).unwrap_or(0);
    // The empty line ends whatever half a command an interrupted job has left.
    let mut epl = format!("\nq{width}\nQ{height},{gap}\n");
    if let Some(darkness) = settings.darkness {
        epl.push_str(&format!("D{darkness}\n"));
    }
    if let Some(speed) = settings.speed {
        epl.push_str(&format!("S{speed}\n"));
    }
    epl.push_str(&format!("N\nGW0,0,{row_bytes},{height},"));
    let mut epl = epl.into_bytes();
    epl.extend(raster.rows().flatten().map(|byte| !byte));
    epl.extend(format!("\nP{}\n", settings.copies).into_bytes());
    epl
}

/// The gap in dots; the error says what `Q` cannot.
pub(crate) fn gap_dots(settings: &PrintSettings) -> Result<u32, String> {
    let dots = (settings.gap_mm * f64::from(settings.dots_per_inch) / 25.4).round() as u32;
    let least = if settings.dots_per_inch < 250 { 16 } else { 18 };
    if dots == 0 || (least..=240).contains(&dots) {
        Ok(dots)
    } else {
        Err(format!("a gap of {dots} dots is outside {least} to 240"))
    }
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
        let expected = b"\nq12\nQ2,16\nD8\nS4\nN\nGW0,0,2,2,\x7F\xFF\xFF\xEF\nP3\n";
        assert_eq!(encode(&raster, &settings), expected);
    }
}
