//! QR codes as SVG, for a screen to show or print.

use cordwainer_protocol::Secret;
use qrcode::{Color, EcLevel, QrCode};

use super::fault::OfficeFault;

/// White modules around the code: scanners need them.
const QUIET: usize = 4;

/// A text as a QR code.
pub(crate) fn svg(text: &Secret) -> Result<Secret, OfficeFault> {
    let code = QrCode::with_error_correction_level(text.expose().as_bytes(), EcLevel::M)
        .map_err(|_| OfficeFault::Malformed("this text is too long for a QR code".to_owned()))?;
    let (width, colours) = (code.width(), code.to_colors());
    let mut path = String::new();
    for (index, _) in colours.iter().enumerate().filter(|(_, colour)| **colour == Color::Dark) {
        let (x, y) = (index % width + QUIET, index / width + QUIET);
        path.push_str(&format!("M{x} {y}h1v1h-1z"));
    }
    let side = width + 2 * QUIET;
    Ok(Secret::new(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\" shape-rendering=\"crispEdges\">\
         <path fill=\"#fff\" d=\"M0 0h{side}v{side}H0z\"/><path d=\"{path}\"/></svg>"
    )))
}
