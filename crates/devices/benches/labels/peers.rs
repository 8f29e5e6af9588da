//! Programs of other people that are asked again and again, a process a thread: most of their time would be their start.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use image::GrayImage;
use serde::Deserialize;
use serde_json::json;

const HOW: &str = "cargo xtask bench labels installs it";

/// A process that answers with a line.
struct Peer {
    name: &'static str,
    child: Child,
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Peer {
    fn start(name: &'static str, command: &mut Command) -> Self {
        let spawned = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let mut child = spawned.unwrap_or_else(|error| panic!("{name} cannot be started ({error}); {HOW}"));
        let questions = child.stdin.take().expect("piped");
        let answers = BufReader::new(child.stdout.take().expect("piped"));
        Self { name, child, questions, answers }
    }

    fn ask(&mut self, parts: &[&[u8]]) -> String {
        let written = parts.iter().try_for_each(|part| self.questions.write_all(part));
        written.and_then(|()| self.questions.flush()).unwrap_or_else(|error| panic!("{}: {error}; {HOW}", self.name));
        let mut line = String::new();
        match self.answers.read_line(&mut line) {
            Ok(length) if length > 0 => line.trim_end().to_owned(),
            _ => panic!("{} says no more; {HOW}", self.name),
        }
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        // It has nothing to lose, and may have ended by itself.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Decoders and an encoder of ESC/POS, in Python.
pub struct Decoder(Peer);

/// What the decoders have read, as (symbology, text), sorted and without repeats.
#[derive(Debug, Deserialize)]
pub struct Read {
    /// zxing-cpp: everything.
    pub zxing: Vec<(String, String)>,
    /// zbar: Code 128 and QR.
    pub zbar: Vec<(String, String)>,
    /// libdmtx: Data Matrix.
    pub dmtx: Vec<(String, String)>,
    /// Dots that python-escpos prints otherwise.
    pub escpos_differing: usize,
}

impl Decoder {
    pub fn start(python: &Path, folder: &Path) -> Self {
        Self(Peer::start("the decoder", Command::new(python).arg(folder.join("decode.py"))))
    }

    /// Reads a picture; `escpos` are the bytes that should print it without its frame, or none.
    pub fn read(&mut self, picture: &GrayImage, escpos: &[u8], has_matrix: bool) -> Read {
        let (width, height) = picture.dimensions();
        let ask = json!({ "width": width, "height": height, "escpos": escpos.len(), "matrix": has_matrix });
        let said = self.0.ask(&[format!("{ask}\n").as_bytes(), picture.as_raw(), escpos]);
        serde_json::from_str(&said).unwrap_or_else(|error| panic!("the decoder said {said:?}: {error}"))
    }
}

/// An interpreter of ZPL, in JavaScript.
pub struct Renderer(Peer);

impl Renderer {
    pub fn start(folder: &Path) -> Self {
        Self(Peer::start("the renderer", Command::new("node").arg(folder.join("render.mjs"))))
    }

    /// The PNG that it draws, in base64.
    ///
    /// # Errors
    /// What it says against the label.
    pub fn draw(&mut self, zpl: &[u8], size_mm: (f64, f64), dots_per_mm: u32) -> Result<String, String> {
        let zpl = String::from_utf8_lossy(zpl);
        let ask = json!({ "zpl": zpl, "width_mm": size_mm.0, "height_mm": size_mm.1, "dots_per_mm": dots_per_mm });
        let said = self.0.ask(&[format!("{ask}\n").as_bytes()]);
        said.strip_prefix('!').map_or(Ok(said.clone()), |reason| Err(reason.to_owned()))
    }
}
