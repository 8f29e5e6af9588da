//! Decoders that share nothing with our encoders. A missing program fails the test: a skipped check proves nothing.

use std::io::Write;
use std::process::{Command, Stdio};

use cordwainer_labels::{PrinterLanguage, Raster};
use image::{GrayImage, ImageFormat};
use rxing::BarcodeFormat;

/// How the decoders end that have found nothing.
const NOTHING_FOUND: [(&str, Option<i32>); 2] = [("zbarimg", Some(4)), ("dmtxread", Some(1))];
/// How to get the independent renderer of printer languages.
const LABELIZE: &str = "cargo xtask setup";

/// A grey picture of a raster, in a white frame as wide as a finger: the label's backing and the table around it.
pub fn photographed(raster: &Raster) -> GrayImage {
    const FRAME_DOTS: u32 = 40;
    let (width, height) = (raster.width_dots(), raster.height_dots());
    let picture = GrayImage::from_raw(width, height, raster.to_luma()).expect("one byte a dot");
    let mut framed = GrayImage::from_pixel(width + 2 * FRAME_DOTS, height + 2 * FRAME_DOTS, image::Luma([255]));
    image::imageops::replace(&mut framed, &picture, i64::from(FRAME_DOTS), i64::from(FRAME_DOTS));
    framed
}

/// Reads one symbol of the given kind with rxing, as the picture lies or a quarter turned.
///
/// rxing takes a start, a check and a stop pattern that stand side by side in a text by chance for a Code 128 without data,
/// and looks no further. A scanner reports no such thing; neither does this.
pub fn rxing(picture: &GrayImage, format: BarcodeFormat) -> Result<String, String> {
    match read(picture, format) {
        Ok(nothing) if nothing.is_empty() => read(&image::imageops::rotate90(picture), format),
        read => read,
    }
}

fn read(picture: &GrayImage, format: BarcodeFormat) -> Result<String, String> {
    let (width, height) = picture.dimensions();
    rxing::helpers::detect_in_luma(picture.as_raw().clone(), width, height, Some(format))
        .map(|found| found.getText().to_owned())
        .map_err(|error| format!("rxing found no {format:?}: {error}"))
}

/// Everything zbarimg finds, as `QR-Code:…` lines, sorted and without repeats.
pub fn zbarimg(picture: &GrayImage) -> Vec<String> {
    let mut png = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut png, ImageFormat::Png).expect("a PNG in memory");
    let found = run(
        "zbarimg",
        "apt-get install zbar-tools",
        &["--quiet", "-Sdisable", "-Scode128.enable", "-Sqrcode.enable", "-"],
        png.get_ref(),
    );
    let mut lines: Vec<String> = found.lines().map(str::to_owned).collect();
    lines.sort();
    lines.dedup();
    lines
}

/// Pages of a PDF as pictures, drawn by poppler without smoothing: what a laser printer's dots would be.
pub fn pdf_page(pdf: &[u8], page: usize, dots_per_inch: f64) -> GrayImage {
    let (page, resolution) = (page.to_string(), dots_per_inch.to_string());
    let arguments = ["-gray", "-aa", "no", "-aaVector", "no", "-r", &resolution, "-f", &page, "-l", &page, "-"];
    let pgm = run_bytes("pdftoppm", "apt-get install poppler-utils", &arguments, pdf);
    plain_pgm(&pgm)
}

/// The table that pdffonts prints.
pub fn pdffonts(pdf: &[u8]) -> String {
    run("pdffonts", "apt-get install poppler-utils", &["-"], pdf)
}

/// The text that can be copied out of a PDF.
pub fn pdftotext(pdf: &[u8]) -> String {
    run("pdftotext", "apt-get install poppler-utils", &["-", "-"], pdf)
}

/// poppler writes binary PGM: `P5`, width, height, 255, one byte a dot.
fn plain_pgm(pgm: &[u8]) -> GrayImage {
    let mut fields = pgm.splitn(4, |byte| byte.is_ascii_whitespace());
    let mut field = || fields.next().expect("a PGM header of four fields");
    assert_eq!(field(), b"P5", "pdftoppm -gray writes binary PGM");
    let mut number =
        || std::str::from_utf8(field()).ok().and_then(|digits| digits.parse().ok()).expect("a number of dots");
    let (width, height) = (number(), number());
    let rest = fields.next().expect("picture data");
    let dots = rest.strip_prefix(b"255\n").expect("eight bits a dot");
    GrayImage::from_raw(width, height, dots.to_vec()).expect("as many dots as the header says")
}

fn run(program: &str, how: &str, arguments: &[&str], input: &[u8]) -> String {
    String::from_utf8(run_bytes(program, how, arguments, input)).expect("text output")
}

fn run_bytes(program: &str, how: &str, arguments: &[&str], input: &[u8]) -> Vec<u8> {
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{program} cannot be started ({error}); get it with: {how}"));
    let mut stdin = child.stdin.take().expect("a piped stdin");
    // Written from a thread, so that a program that answers before it has read everything cannot block us.
    let input = input.to_vec();
    let writer = std::thread::spawn(move || stdin.write_all(&input));
    let output = child.wait_with_output().expect("output of the program");
    let _ = writer.join();
    assert!(
        output.status.success() || NOTHING_FOUND.contains(&(program, output.status.code())),
        "{program}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    output.stdout
}

/// Everything dmtxread finds: Data Matrix only, which zbarimg cannot read.
pub fn dmtxread(picture: &GrayImage) -> Vec<String> {
    let mut png = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut png, ImageFormat::Png).expect("a PNG in memory");
    let found = run(
        "dmtxread",
        "apt-get install dmtx-utils",
        &["--newline", "--stop-after=1", "--milliseconds=5000", "-"],
        png.get_ref(),
    );
    found.lines().map(str::to_owned).collect()
}

/// What labelize 1.10 makes of a printer's bytes, drawn at 8 or 12 dots a millimetre. Its pictures are black and white.
pub fn labelize(language: PrinterLanguage, bytes: &[u8], (width, height): (u32, u32), dots_per_mm: u32) -> GrayImage {
    let folder = tempfile::tempdir().expect("a folder");
    let (label, picture) = (folder.path().join("label"), folder.path().join("label.png"));
    std::fs::write(&label, bytes).expect("a file");
    let mm = |dots: u32| (f64::from(dots) / f64::from(dots_per_mm)).to_string();
    let (width_mm, height_mm, resolution) = (mm(width), mm(height), dots_per_mm.to_string());
    let [label, picture] = [&label, &picture].map(|path| path.to_str().expect("a plain path"));
    let sizes = ["--width", &width_mm, "--height", &height_mm, "--dpmm", &resolution];
    let arguments = [&["convert", label, "--format", language.word(), "--output", picture][..], &sizes].concat();
    run_bytes("labelize", LABELIZE, &arguments, &[]);
    image::open(picture).expect("a PNG").into_luma8()
}
