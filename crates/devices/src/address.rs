//! What can be wrong with the written address of a device.

/// Why an address could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// The words in front are not known.
    #[error("{0:?} is not a kind of device; expected {1}")]
    UnknownKind(String, &'static str),
    /// The path or host is missing.
    #[error("{0:?} does not say where the device is")]
    NoPlace(String),
    /// A number that is none, or is out of range.
    #[error("{0:?} is not a valid {1}")]
    BadNumber(String, &'static str),
}
