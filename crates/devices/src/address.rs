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

/// Reads `host:port`.
pub(crate) fn tcp_place(place: &str) -> Result<String, AddressError> {
    match place.rsplit_once(':') {
        None | Some(("", _)) => Err(AddressError::NoPlace(place.to_owned())),
        Some((_, port)) if port.parse::<u16>().map_or(true, |port| port == 0) => {
            Err(AddressError::BadNumber(port.to_owned(), "port"))
        }
        Some(_) => Ok(place.to_owned()),
    }
}
