//! Labels filled at random, as far as they fit.

use cordwainer_labels::{
    DotItem, DotLayout, DotSymbol, LabelData, LabelError, LabelKind, LabelTemplate, Pictogram, PrintSettings,
    PrinterLanguage, Raster, resolve,
};
use image::{GrayImage, Luma};

/// Dots per inch of the heads that label printers have.
pub const RESOLUTIONS: [u16; 2] = [203, 300];
/// White around a label, as wide as a finger: its backing and the table. The peers know this number.
pub const FRAME_DOTS: u32 = 40;

/// What stands in a code: letters that are not mistaken for digits.
const CODE_LETTERS: &str = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const HANZI: &str = "鞋履牛津德比深棕小皮左右绷帮缝沿条龘，（）·1";
const LATIN: &str = "Wag .-/AQ09ij";
/// The most ideographs of a field, or half the most letters; shorter where the label would not hold them.
const LENGTHS: [usize; 6] = [20, 10, 6, 4, 2, 1];

/// Seeded dice: one label can be had again without the others.
pub struct Random(u64);

impl Random {
    /// The dice of one label.
    pub fn new(seed: u64, label: usize) -> Self {
        // Weyl's sequence spreads neighbouring labels; xorshift64 must not begin with 0.
        Self((seed.wrapping_add(label as u64)).wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// A number below `limit`.
    pub fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from((self.0 >> 16) % limit.max(1) as u64).unwrap_or(0)
    }

    fn word(&mut self, alphabet: &str, length: usize) -> String {
        let letters: Vec<char> = alphabet.chars().collect();
        (0..length).map(|_| letters[self.below(letters.len())]).collect()
    }
}

/// A label as it would be printed.
pub struct Label {
    /// Its template.
    pub template: LabelTemplate,
    /// Where everything lies.
    pub layout: DotLayout,
    /// Its picture.
    pub raster: Raster,
}

impl Label {
    /// Draws what fits: too long a text is refused, as it would be in the factory, and a shorter one is tried.
    fn draw(layout: DotLayout, template: LabelTemplate) -> Self {
        let raster = Raster::render(&layout).expect("a layout draws");
        Self { template, layout, raster }
    }

    /// The bytes for a printer of this language.
    pub fn encode(&self, language: PrinterLanguage) -> Vec<u8> {
        let settings = PrintSettings::of(&self.template, self.layout.dots_per_inch);
        language.encode(&self.raster, &settings).expect("a label of ours can be said in every language")
    }

    /// Its symbols.
    pub fn symbols(&self) -> Vec<&DotSymbol> {
        let items = self.layout.items.iter();
        items.filter_map(|item| if let DotItem::Symbol(symbol) = item { Some(symbol) } else { None }).collect()
    }

    /// Its picture alone.
    pub fn picture(&self) -> GrayImage {
        GrayImage::from_raw(self.raster.width_dots(), self.raster.height_dots(), self.raster.to_luma())
            .expect("one byte a dot")
    }
}

/// A picture on white, `frame` dots wide.
pub fn framed(picture: &GrayImage, frame: u32) -> GrayImage {
    let (width, height) = picture.dimensions();
    let mut framed = GrayImage::from_pixel(width + 2 * frame, height + 2 * frame, Luma([255]));
    image::imageops::replace(&mut framed, picture, i64::from(frame), i64::from(frame));
    framed
}

/// A random label of this kind.
pub fn random(kind: LabelKind, dots_per_inch: u16, random: &mut Random) -> Label {
    let template = kind.template().expect("our own");
    for length in LENGTHS {
        match resolve(&template, &data(kind, &template, length, random), dots_per_inch) {
            Ok(layout) => return Label::draw(layout, template),
            Err(LabelError::Overflow { .. }) => {}
            Err(other) => panic!("{}: {other}", kind.word()),
        }
    }
    panic!("{}: not even one ideograph fits everywhere", kind.word())
}

fn data(kind: LabelKind, template: &LabelTemplate, length: usize, random: &mut Random) -> LabelData {
    let materials: Vec<&str> = Pictogram::ALL[3..].iter().map(|pictogram| pictogram.word()).collect();
    let mut data = LabelData::default();
    for (at, (field, may_lack)) in template.fields().into_iter().enumerate() {
        if may_lack && random.below(2) == 0 {
            continue;
        }
        let text = match field.as_str() {
            "code" => format!("W{}", random.word(CODE_LETTERS, 8)),
            "tracking" => format!("SF{}", random.word("0123456789", 13)),
            "passport_url" => format!("https://id.example.cn/p/W{}", random.word(CODE_LETTERS, 8)),
            _ if kind == LabelKind::Composition => materials[random.below(materials.len())].to_owned(),
            _ if at % 2 == 0 => random.word(HANZI, length),
            _ => random.word(LATIN, 2 * length),
        };
        data = data.with(&field, text);
    }
    data
}
