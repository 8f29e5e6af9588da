//! Other interpreters of ZPL and TSPL draw the very dots that we drew.

use std::process::Command;

use cordwainer_labels::PrinterLanguage;
use image::GrayImage;

use super::labels::Label;
use super::peers::Renderer;
use super::tally::Tally;

/// Compares the pictures of labelize, and for ZPL those of zpl-renderer-js, with ours.
pub fn check(label: &Label, name: &str, renderer: &mut Renderer, tally: &mut Tally) {
    // These programs know whole dots a millimetre only; a label's size is said in dots, so nothing is lost by it.
    let dots_per_mm = if label.layout.dots_per_inch < 250 { 8 } else { 12 };
    let mm = |dots: u32| f64::from(dots) / f64::from(dots_per_mm);
    let size_mm = (mm(label.raster.width_dots()), mm(label.raster.height_dots()));
    for language in [PrinterLanguage::Zpl, PrinterLanguage::Tspl] {
        let seen = labelize(language, &label.encode(language), size_mm, dots_per_mm);
        compare(label, &format!("{name}: {language} drawn by labelize"), seen, tally);
    }
    let seen = renderer.draw(&label.encode(PrinterLanguage::Zpl), size_mm, dots_per_mm);
    let seen = seen.and_then(|base64| picture(&from_base64(&base64)?));
    compare(label, &format!("{name}: zpl drawn by zpl-renderer-js"), seen, tally);
}

fn compare(label: &Label, name: &str, seen: Result<GrayImage, String>, tally: &mut Tally) {
    tally.pictures += 1;
    let ours = label.picture();
    let differing = match seen {
        Ok(seen) if seen.dimensions() == ours.dimensions() => {
            let pairs = seen.as_raw().iter().zip(ours.as_raw());
            pairs.filter(|(seen, ours)| (**seen < 128) != (**ours < 128)).count()
        }
        Ok(seen) => {
            tally.misses.push(format!("{name}: {:?} dots, not {:?}", seen.dimensions(), ours.dimensions()));
            ours.as_raw().len()
        }
        Err(reason) => {
            tally.misses.push(format!("{name}: {reason}"));
            ours.as_raw().len()
        }
    };
    tally.pixels_differing += differing;
    if differing > 0 {
        tally.misses.push(format!("{name}: {differing} pixels differ"));
    }
}

fn labelize(
    language: PrinterLanguage,
    bytes: &[u8],
    (width_mm, height_mm): (f64, f64),
    dots_per_mm: u32,
) -> Result<GrayImage, String> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let (label, png) = (folder.path().join("label"), folder.path().join("label.png"));
    std::fs::write(&label, bytes).map_err(|error| error.to_string())?;
    let output = Command::new("labelize")
        .arg("convert")
        .arg(&label)
        .args(["--format", language.word(), "--width", &width_mm.to_string(), "--height", &height_mm.to_string()])
        .args(["--dpmm", &dots_per_mm.to_string(), "--output"])
        .arg(&png)
        .output()
        .map_err(|error| format!("labelize cannot be started ({error}); cargo xtask setup installs it"))?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    picture(&std::fs::read(&png).map_err(|error| error.to_string())?)
}

fn picture(png: &[u8]) -> Result<GrayImage, String> {
    image::load_from_memory(png).map(|picture| picture.into_luma8()).map_err(|error| error.to_string())
}

/// RFC 4648; whatever is no digit ends it.
fn from_base64(text: &str) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut held) = (0_u32, 0_u32);
    for digit in text.bytes().take_while(|byte| *byte != b'=') {
        let value = match digit {
            b'A'..=b'Z' => digit - b'A',
            b'a'..=b'z' => digit - b'a' + 26,
            b'0'..=b'9' => digit - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return Err(format!("{:?} is no digit of base64", char::from(digit))),
        };
        bits = bits << 6 | u32::from(value);
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held) as u8);
            bits &= (1 << held) - 1;
        }
    }
    Ok(bytes)
}
