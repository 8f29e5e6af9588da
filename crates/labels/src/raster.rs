//! One bit a dot: what a thermal head burns, and what the preview shows.

use crate::font::Fonts;
use crate::pictogram::SIDE_UNITS;
use crate::{DotBox, DotItem, DotLayout, DotPictogram, DotText, LabelError};

/// Share of a dot that an outline must cover to burn it. Seen on hanzi at 203 dpi: more breaks thin strokes, less
/// fills small counters.
const INK_COVERAGE: f32 = 0.45;

/// A picture of one bit a dot: 1 is black, the highest bit of a byte is leftmost, rows begin on a byte, and the bits
/// behind the right edge are 0.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Raster {
    width_dots: u32,
    height_dots: u32,
    bits: Vec<u8>,
}

impl Raster {
    /// A white raster.
    pub fn white(width_dots: u32, height_dots: u32) -> Self {
        let bits = vec![0; width_dots.div_ceil(8) as usize * height_dots as usize];
        Self { width_dots, height_dots, bits }
    }

    /// Draws a layout.
    pub fn render(layout: &DotLayout) -> Result<Self, LabelError> {
        let fonts = Fonts::embedded()?;
        let mut raster = Self::white(layout.width_dots, layout.height_dots);
        for item in &layout.items {
            match item {
                DotItem::Fill { area, .. } => raster.blacken(*area),
                DotItem::Symbol(symbol) => symbol.bars.iter().for_each(|bar| raster.blacken(*bar)),
                DotItem::Text(text) => raster.write(fonts, text),
                DotItem::Pictogram(pictogram) => raster.draw(pictogram),
            }
        }
        Ok(raster)
    }

    /// Width in dots.
    pub fn width_dots(&self) -> u32 {
        self.width_dots
    }

    /// Height in dots.
    pub fn height_dots(&self) -> u32 {
        self.height_dots
    }

    /// Bytes a row.
    pub fn row_bytes(&self) -> usize {
        self.width_dots.div_ceil(8) as usize
    }

    /// The rows, top first.
    pub fn rows(&self) -> impl Iterator<Item = &[u8]> {
        self.bits.chunks(self.row_bytes().max(1))
    }

    /// Whether a dot is black; outside everything is white.
    pub fn is_black(&self, x: u32, y: u32) -> bool {
        x < self.width_dots && y < self.height_dots && self.bits[self.byte_at(x, y)] & (0x80 >> (x % 8)) != 0
    }

    /// Makes a dot black; outside nothing happens.
    pub fn set_black(&mut self, x: u32, y: u32) {
        if x < self.width_dots && y < self.height_dots {
            let at = self.byte_at(x, y);
            self.bits[at] |= 0x80 >> (x % 8);
        }
    }

    /// Grey picture for a preview or a decoder: one byte a dot, 0 black, 255 white, no padding.
    pub fn to_luma(&self) -> Vec<u8> {
        let dots = (0..self.height_dots).flat_map(|y| (0..self.width_dots).map(move |x| (x, y)));
        dots.map(|(x, y)| if self.is_black(x, y) { 0 } else { 255 }).collect()
    }

    fn byte_at(&self, x: u32, y: u32) -> usize {
        y as usize * self.row_bytes() + (x / 8) as usize
    }

    fn blacken(&mut self, area: DotBox) {
        for y in area.y..area.y + area.height {
            (area.x..area.x + area.width).for_each(|x| self.set_black(x, y));
        }
    }

    fn draw(&mut self, pictogram: &DotPictogram) {
        let DotBox { x, y, width, .. } = pictogram.area;
        let scale = f64::from(width) / SIDE_UNITS;
        for outline in pictogram.pictogram.outlines() {
            let scaled = outline.iter().map(|[px, py]| [f64::from(x) + px * scale, f64::from(y) + py * scale]);
            self.fill(&scaled.collect::<Vec<_>>());
        }
    }

    /// Blackens the dots whose middle lies inside a closed outline, also where it overlaps itself.
    fn fill(&mut self, outline: &[[f64; 2]]) {
        let edges: Vec<_> = outline.iter().zip(outline.iter().cycle().skip(1)).collect();
        let top = outline.iter().map(|point| point[1]).fold(f64::MAX, f64::min);
        let bottom = outline.iter().map(|point| point[1]).fold(0.0, f64::max);
        for row in top as u32..(bottom as u32).saturating_add(1).min(self.height_dots) {
            let middle = f64::from(row) + 0.5;
            let crossed = edges.iter().filter(|(from, to)| (from[1] <= middle) != (to[1] <= middle));
            let mut crossings: Vec<(f64, i32)> = crossed
                .map(|(from, to)| {
                    let x = from[0] + (to[0] - from[0]) * (middle - from[1]) / (to[1] - from[1]);
                    (x, if from[1] < to[1] { 1 } else { -1 })
                })
                .collect();
            crossings.sort_by(|a, b| a.0.total_cmp(&b.0));
            let mut winding = 0;
            for pair in crossings.windows(2) {
                winding += pair[0].1;
                if winding != 0 {
                    let [left, right] = [pair[0].0, pair[1].0].map(|x| (x - 0.5).ceil().max(0.0) as u32);
                    (left..right).for_each(|column| self.set_black(column, row));
                }
            }
        }
    }

    fn write(&mut self, fonts: &Fonts, text: &DotText) {
        for glyph in fonts.outlines(text.font, text.em_dots, (text.x, text.baseline), &text.text) {
            let corner = glyph.px_bounds().min;
            glyph.draw(|x, y, coverage| {
                let (x, y) = (corner.x as i64 + i64::from(x), corner.y as i64 + i64::from(y));
                if let (true, Ok(x), Ok(y)) = (coverage >= INK_COVERAGE, u32::try_from(x), u32::try_from(y)) {
                    self.set_black(x, y);
                }
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_leftmost_dot_is_the_highest_bit() {
        let mut raster = Raster::white(10, 2);
        raster.set_black(0, 0);
        raster.set_black(9, 1);
        raster.set_black(10, 1);
        assert_eq!(
            raster.rows().collect::<Vec<_>>(),
            [[0x80, 0x00], [0x00, 0x40]],
            "the dot behind the edge is ignored"
        );
        assert_eq!(raster.to_luma().iter().filter(|&&grey| grey == 0).count(), 2);
    }

    #[test]
    fn an_outline_blackens_the_dots_whose_middle_it_holds() {
        let mut raster = Raster::white(8, 4);
        raster.fill(&[[1.0, 1.0], [5.4, 1.0], [5.4, 3.6], [1.0, 3.6]]);
        assert_eq!(
            raster.rows().collect::<Vec<_>>(),
            [[0x00], [0x78], [0x78], [0x78]],
            "the sixth column's middle is outside"
        );
        let mut outside = Raster::white(8, 4);
        outside.fill(&[[-9.0, -9.0], [20.0, -9.0], [20.0, 1.0], [-9.0, 1.0]]);
        assert_eq!(
            outside.rows().collect::<Vec<_>>(),
            [[0xFF], [0x00], [0x00], [0x00]],
            "what is outside is not drawn"
        );
    }
}
