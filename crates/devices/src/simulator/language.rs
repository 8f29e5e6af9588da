//! What a simulated printer must know of its language. A new language is one file beside [`zpl`](super::zpl) and a line in
//! [`speaking`].

use std::fmt;
use std::sync::Arc;

use cordwainer_labels::{PrinterLanguage, Raster};

use super::epl::Epl;
use super::escpos::EscPos;
use super::tspl::Tspl;
use super::zpl::Zpl;

/// A language as a printer with a head of this resolution hears it.
pub fn speaking(language: PrinterLanguage, dots_per_inch: u16) -> Arc<dyn SimulatedLanguage> {
    match language {
        PrinterLanguage::Zpl => Arc::new(Zpl),
        PrinterLanguage::Tspl => Arc::new(Tspl { dots_per_inch }),
        PrinterLanguage::EscPos => Arc::new(EscPos),
        PrinterLanguage::Epl => Arc::new(Epl { dots_per_inch }),
    }
}

/// A language as the printer hears it. Independent of whoever encodes in it, or the two would share their mistakes.
pub trait SimulatedLanguage: Send + Sync + fmt::Debug {
    /// The word by which it is chosen, and the ending of the files that labels are kept in.
    fn name(&self) -> &'static str;

    /// An ear for one connection.
    fn ear(&self) -> Box<dyn Ear>;

    /// What would be on the paper.
    ///
    /// # Errors
    /// Why it cannot be said, in words.
    fn read(&self, label: &[u8]) -> Result<SeenLabel, String>;

    /// What the printer answers to a question that its ear has heard; `None` where a real one is silent.
    fn answer(&self, question: &[u8], condition: PrinterCondition) -> Option<Vec<u8>>;
}

/// Cuts what arrives on one connection into labels and questions, as it arrives.
pub trait Ear: Send {
    /// Takes bytes and gives what is complete with them.
    fn push(&mut self, bytes: &[u8]) -> Vec<Heard>;

    /// What becomes of the bytes that are left when the sender leaves: a cut label, or text that comes out all the same.
    fn end(self: Box<Self>) -> Option<Heard>;
}

/// Something complete that a printer heard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    /// A label's data, or text that is no command of this language and is printed as it is.
    Label(Vec<u8>),
    /// A question about its state.
    Question(Vec<u8>),
    /// The beginning of a label, whose end never came. Nothing is printed.
    Cut(Vec<u8>),
}

/// A label as it would come out.
#[derive(Debug, Clone)]
pub struct SeenLabel {
    /// How many were asked for.
    pub copies: u32,
    /// Its picture.
    pub raster: Raster,
}

/// How a printer is when it is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PrinterCondition {
    /// Nothing is wrong.
    Ready,
    /// No paper or no labels, with so many labels waiting inside.
    MediaOut(usize),
    /// Something is stuck, with so many labels waiting inside.
    Jammed(usize),
}

/// What a strict reader sees of the first label.
pub(super) fn first_label(language: PrinterLanguage, bytes: &[u8], dots_per_inch: u16) -> Result<SeenLabel, String> {
    let labels = language.read(bytes, dots_per_inch).map_err(|error| error.to_string())?;
    let first = labels.into_iter().next().ok_or("there is no label in it")?;
    Ok(SeenLabel { copies: first.copies, raster: first.raster })
}
