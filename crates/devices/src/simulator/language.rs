//! What a simulated printer must know of its language. A new language is one file beside [`zpl`](super::zpl).

use std::fmt;

use cordwainer_labels::Raster;

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

    /// What was cut off, if the sender left in the middle of something.
    fn rest(self: Box<Self>) -> Option<Vec<u8>>;
}

/// Something complete that a printer heard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    /// A label's data.
    Label(Vec<u8>),
    /// A question about its state.
    Question(Vec<u8>),
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
