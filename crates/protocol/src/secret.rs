//! What must never be printed: passwords, PINs, tokens, keys.
//!
//! A [`Secret`] has no `Display`, its `Debug` says nothing, and it is wiped when it is dropped. It can be read from a wire.
//! Where one is meant to be shown to a person, once, the field says so: `#[serde(serialize_with = "Secret::disclose")]`.

use serde::{Deserialize, Deserializer, Serializer};
use zeroize::Zeroize;

/// A value that no log ever shows.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret<T: Zeroize = String>(T);

impl<T: Zeroize> Secret<T> {
    /// Seals a value.
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// The value, for the one who checks or uses it.
    pub const fn expose(&self) -> &T {
        &self.0
    }
}

impl Secret<String> {
    /// Writes the value into an answer that is meant to show it.
    ///
    /// # Errors
    /// What the serializer says.
    pub fn disclose<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl<T: Zeroize> std::fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl<T: Zeroize> Drop for Secret<T> {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl<'de, T: Zeroize + Deserialize<'de>> Deserialize<'de> for Secret<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // What does not fit may be the secret in another shape; a fault must not repeat it.
        T::deserialize(deserializer).map(Self).map_err(|_| serde::de::Error::custom("a secret cannot be read"))
    }
}

#[cfg(test)]
mod tests {
    use super::Secret;

    #[test]
    fn a_secret_is_not_printed_and_not_repeated_by_a_fault() {
        let secret: Secret = serde_json::from_str("\"hunter2-hunter2\"").unwrap();
        assert_eq!(secret.expose(), "hunter2-hunter2", "whoever checks it sees it");
        assert_eq!(format!("{secret:?} {:#?}", Some(&secret)).matches("hunter2").count(), 0, "nobody else does");
        let fault = serde_json::from_str::<Secret>("48151623").unwrap_err().to_string();
        assert!(!fault.contains("48151623"), "a PIN sent as a number is not repeated: {fault}");
    }
}
