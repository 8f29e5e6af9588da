//! The check character: ISO/IEC 7064 MOD 37,36, the hybrid system over 0–9 and A–Z.

const MODULUS: u32 = 36;

/// The check character of a string of digits and capital letters; `None` if it holds anything else.
///
/// Source: ISO/IEC 7064:2003, hybrid system MOD 37,36.
pub fn check_character(stem: &str) -> Option<char> {
    let mut product = MODULUS;
    for character in stem.chars() {
        if character.is_ascii_lowercase() {
            return None;
        }
        let mut sum = (product + character.to_digit(36)?) % MODULUS;
        if sum == 0 {
            sum = MODULUS;
        }
        product = (sum * 2) % (MODULUS + 1);
    }
    char::from_digit((MODULUS + 1 - product) % MODULUS, 36).map(|c| c.to_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::check_character;

    #[test]
    fn the_published_example_has_its_published_check() {
        // The identifier that the GRid standard 2.1 checks as A1-2425G-ABC1234002-M; more of them in tests/domain/codes.rs.
        assert_eq!(check_character("A12425GABC1234002"), Some('M'), "the worked example of the GRid standard");
    }

    #[test]
    fn a_character_outside_the_alphabet_has_no_check() {
        assert_eq!(check_character("W00-0001"), None, "a hyphen is not in 0-9A-Z");
        assert_eq!(check_character("w0000001"), None, "lower case is not in 0-9A-Z");
    }
}
