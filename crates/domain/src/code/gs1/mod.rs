//! GS1 data: what a supplier's carton, a shoe box or an asset tag says in element strings or in a GS1 Digital Link.
//!
//! The table of application identifiers (`table.rs`) says how long a value is, what it may hold and how it is checked. Both
//! ways of writing come to the same [`Gs1Data`]. Nothing is repaired: a value that does not fit is refused by name.
//!
//! Source: GS1 General Specifications, release 24.0; the order of qualifiers in a link: GS1 Digital Link Standard, URI Syntax,
//! release 1.4.1.

mod check_digit;
mod digital_link;
mod element_string;
mod fault;
mod table;

pub use check_digit::check_digit;
pub use element_string::SEPARATOR;
pub use fault::Gs1Fault;
pub use table::{ApplicationIdentifier, Check, Format};

/// One application identifier with its value.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Element {
    /// What the value is.
    pub ai: &'static ApplicationIdentifier,
    /// The value, checked.
    pub value: String,
}

/// Elements in the order in which they were written; each identifier once.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Gs1Data {
    elements: Vec<Element>,
}

impl Gs1Data {
    /// Data of elements that belong together.
    ///
    /// # Errors
    /// [`Gs1Fault`] names the first element that does not fit its identifier or contradicts another one.
    pub fn new<'a>(elements: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Self, Gs1Fault> {
        let mut data = Self { elements: Vec::new() };
        for (digits, value) in elements {
            let ai = ApplicationIdentifier::find(digits)
                .ok_or_else(|| Gs1Fault::UnknownIdentifier { found: digits.to_owned() })?;
            data.add(ai, value)?;
        }
        data.whole()
    }

    /// The elements.
    pub fn elements(&self) -> &[Element] {
        &self.elements
    }

    /// The value of an identifier.
    pub fn value(&self, digits: &str) -> Option<&str> {
        self.elements.iter().find(|element| element.ai.digits == digits).map(|element| element.value.as_str())
    }

    fn add(&mut self, ai: &'static ApplicationIdentifier, value: &str) -> Result<(), Gs1Fault> {
        ai.must_fit(value)?;
        match self.value(ai.digits) {
            None => self.elements.push(Element { ai, value: value.to_owned() }),
            Some(before) if before == value => {}
            Some(before) => {
                let (first, second) = (before.to_owned(), value.to_owned());
                return Err(Gs1Fault::Contradiction { ai: ai.digits, first, second });
            }
        }
        Ok(())
    }

    fn whole(self) -> Result<Self, Gs1Fault> {
        if self.elements.is_empty() {
            return Err(Gs1Fault::Empty);
        }
        for element in &self.elements {
            if let Some(needs) = element.ai.only_with
                && self.value(needs).is_none()
            {
                return Err(Gs1Fault::Orphan { ai: element.ai.digits, needs });
            }
        }
        Ok(self)
    }
}

/// `(01)09506000134352(21)A7`: as it is printed under a symbol.
impl std::fmt::Display for Gs1Data {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.elements.iter().try_for_each(|element| write!(f, "({}){}", element.ai.digits, element.value))
    }
}
