//! An ear for languages whose labels hold binary data: what has arrived is cut by a rule that looks at its front only, so
//! that whatever stands inside a picture is never taken for a command or a question.

use super::language::{Ear, Heard};

/// What the front of the bytes that have arrived is. Lengths are in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Front {
    /// A command of a label.
    Command(usize),
    /// The command that makes the printer print.
    Print(usize),
    /// A question about its state.
    Question(usize),
    /// Line ends and settings: nothing, unless it stands inside a label.
    Nothing(usize),
    /// No command of this language. It is printed as the text that it is.
    Text(usize),
    /// Not to be told yet.
    Begun,
    /// Not to be told yet, but no command of this language begins so.
    TextBegun,
}

/// Cuts by a rule.
pub(super) struct CuttingEar {
    /// Is never asked about nothing.
    rule: fn(&[u8]) -> Front,
    /// What has arrived and is not cut yet.
    pending: Vec<u8>,
    /// The commands of the label under way.
    label: Vec<u8>,
}

impl CuttingEar {
    pub(super) fn new(rule: fn(&[u8]) -> Front) -> Self {
        Self { rule, pending: Vec::new(), label: Vec::new() }
    }

    fn take(&mut self, front: Front, bytes: &[u8]) -> Option<Heard> {
        match front {
            Front::Question(_) => return Some(Heard::Question(bytes.to_vec())),
            Front::Nothing(_) if self.label.is_empty() => return None,
            // Inside a label it spoils that label; between labels it is one of its own.
            Front::Text(_) if self.label.is_empty() => return Some(Heard::Label(bytes.to_vec())),
            _ => self.label.extend_from_slice(bytes),
        }
        matches!(front, Front::Print(_)).then(|| Heard::Label(std::mem::take(&mut self.label)))
    }
}

impl Ear for CuttingEar {
    fn push(&mut self, bytes: &[u8]) -> Vec<Heard> {
        self.pending.extend_from_slice(bytes);
        let pending = std::mem::take(&mut self.pending);
        let mut rest = pending.as_slice();
        let mut heard = Vec::new();
        while !rest.is_empty() {
            let front = (self.rule)(rest);
            let Some((piece, further)) = length(front).and_then(|length| rest.split_at_checked(length)) else { break };
            heard.extend(self.take(front, piece));
            rest = further;
        }
        self.pending = rest.to_vec();
        heard
    }

    fn end(self: Box<Self>) -> Option<Heard> {
        let is_text =
            self.label.is_empty() && !self.pending.is_empty() && matches!((self.rule)(&self.pending), Front::TextBegun);
        if is_text {
            return Some(Heard::Label(self.pending));
        }
        let cut = [self.label, self.pending].concat();
        (!cut.trim_ascii().is_empty()).then_some(Heard::Cut(cut))
    }
}

/// How long a piece is. One that has not arrived whole is waited for.
fn length(front: Front) -> Option<usize> {
    match front {
        Front::Command(length)
        | Front::Print(length)
        | Front::Question(length)
        | Front::Nothing(length)
        | Front::Text(length) => Some(length),
        Front::Begun | Front::TextBegun => None,
    }
}

/// Reads `count` numbers that each end with a comma, and how many bytes they are.
pub(super) fn numbers<const COUNT: usize>(bytes: &[u8]) -> Numbers<COUNT> {
    let mut found = [0; COUNT];
    let mut at = 0;
    for number in &mut found {
        let digits = bytes[at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        match bytes.get(at + digits) {
            None => return Numbers::Begun,
            Some(b',') if (1..=6).contains(&digits) => {}
            Some(_) => return Numbers::Wrong,
        }
        *number = bytes[at..at + digits].iter().fold(0, |sum, digit| sum * 10 + usize::from(digit - b'0'));
        at += digits + 1;
    }
    Numbers::Whole { found, length: at }
}

/// What [`numbers`] came to.
pub(super) enum Numbers<const COUNT: usize> {
    Whole { found: [usize; COUNT], length: usize },
    Begun,
    Wrong,
}

/// What the tests of every language's ear ask: it hears the same, however the bytes arrive.
#[cfg(test)]
pub(super) fn assert_heard(ear: impl Fn() -> Box<dyn Ear>, stream: &[u8], expected: &[Heard], end: Option<&Heard>) {
    for length in 1..=stream.len() {
        let mut ear = ear();
        let heard: Vec<Heard> = stream.chunks(length).flat_map(|piece| ear.push(piece)).collect();
        assert_eq!(heard, expected, "in pieces of {length}");
        assert_eq!(ear.end().as_ref(), end, "what is left, in pieces of {length}");
    }
}
