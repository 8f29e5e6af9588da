//! A raster as a PNG of one bit a dot: what the printer burns, and nothing smoothed.

use cordwainer_labels::Raster;

use crate::store::StoreFault;

/// Packs the dots.
pub(super) fn png(raster: &Raster) -> Result<Vec<u8>, StoreFault> {
    let refused = |fault: png::EncodingError| StoreFault::Refused(fault.to_string());
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, raster.width_dots(), raster.height_dots());
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::One);
    // In a raster a 1 is black, in a picture it is white.
    let light: Vec<u8> = raster.rows().flatten().map(|byte| !byte).collect();
    let mut writer = encoder.write_header().map_err(refused)?;
    writer.write_image_data(&light).map_err(refused)?;
    writer.finish().map_err(refused)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_picture_has_the_dots_of_the_raster() {
        let mut raster = Raster::white(10, 3);
        for (x, y) in [(0, 0), (9, 1), (4, 2)] {
            raster.set_black(x, y);
        }
        let bytes = png(&raster).unwrap();
        let mut decoder = png::Decoder::new(std::io::Cursor::new(bytes));
        decoder.set_transformations(png::Transformations::EXPAND);
        let mut reader = decoder.read_info().unwrap();
        let mut dots = vec![0; 30];
        reader.next_frame(&mut dots).unwrap();
        assert_eq!(dots, raster.to_luma());
    }
}
