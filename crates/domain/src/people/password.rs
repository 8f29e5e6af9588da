//! What a password must be: long, and none of those that are guessed first. Nothing about capitals and digits: such rules
//! make people choose `Passwort1!`.

/// Shortest password.
pub const PASSWORD_CHARACTERS_MIN: usize = 12;
/// Longest password: more than anybody types, less than what keeps a server busy.
const PASSWORD_CHARACTERS_MAX: usize = 256;
/// Fewest different characters.
const DIFFERENT_MIN: usize = 5;

/// What common passwords of twelve and more characters are made of. A password that is one of these, repeated or followed by
/// digits, is guessed early.
const COMMON: &[&str] = &[
    "password",
    "passw0rd",
    "p@ssword",
    "p@ssw0rd",
    "passwort",
    "qwertyuiop",
    "qwerty",
    "qwertz",
    "azerty",
    "asdfghjkl",
    "zxcvbnm",
    "1q2w3e4r5t",
    "1qaz2wsx",
    "qazwsx",
    "iloveyou",
    "letmein",
    "welcome",
    "admin",
    "administrator",
    "abc123",
    "abcdef",
    "changeme",
    "default",
    "secret",
    "master",
    "sunshine",
    "princess",
    "football",
    "baseball",
    "superman",
    "dragon",
    "monkey",
    "trustno1",
    "whatever",
    "computer",
    "internet",
    "starwars",
    "woaini",
    "woaini1314",
    "5201314",
    "aini1314",
    "wodemima",
    "mima",
    "nihao",
    "zhongguo",
    "beijing",
    "shanghai",
    "cordwainer",
    "shoes",
    "shoemaker",
    "factory",
    "correcthorsebatterystaple",
    "correct horse battery staple",
    "1234567890",
    "0987654321",
    "123123",
    "147258369",
    "9876543210",
    "11223344",
    "q1w2e3r4",
    "test",
    "guest",
    "root",
    "login",
    "user",
    "office",
];

/// Why a password is refused.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum PasswordFault {
    /// Too short.
    #[error("a password has at least 12 characters")]
    Short,
    /// Too long.
    #[error("a password has at most 256 characters")]
    Long,
    /// One that is guessed first.
    #[error("this password is guessed first; take some words that do not belong together")]
    Common,
}

/// Checks a password that somebody wants to use from now on.
///
/// # Errors
/// [`PasswordFault`].
pub fn check_password(password: &str, login: &str) -> Result<(), PasswordFault> {
    let length = password.chars().count();
    if length < PASSWORD_CHARACTERS_MIN {
        return Err(PasswordFault::Short);
    }
    if length > PASSWORD_CHARACTERS_MAX {
        return Err(PasswordFault::Long);
    }
    let plain = password.to_lowercase();
    let mut letters: Vec<char> = plain.chars().collect();
    letters.sort_unstable();
    letters.dedup();
    let login = login.to_lowercase();
    let own = login.split('@').next().unwrap_or(&login);
    let guessed = letters.len() < DIFFERENT_MIN
        || is_run(&plain)
        || COMMON.iter().any(|common| is_made_of(&plain, common))
        || (own.len() >= 3 && is_made_of(&plain, own));
    if guessed { Err(PasswordFault::Common) } else { Ok(()) }
}

/// Whether a word, as often as it stands there, leaves nothing but digits and signs.
fn is_made_of(password: &str, word: &str) -> bool {
    password.contains(word) && !password.replace(word, "").chars().any(char::is_alphabetic)
}

/// Whether every character follows the one before, up or down.
fn is_run(password: &str) -> bool {
    let steps: Vec<i64> = password
        .chars()
        .zip(password.chars().skip(1))
        .map(|(a, b)| i64::from(u32::from(b)) - i64::from(u32::from(a)))
        .collect();
    steps.iter().all(|step| *step == 1) || steps.iter().all(|step| *step == -1)
}

#[cfg(test)]
mod tests {
    use super::{PasswordFault, check_password};

    #[test]
    fn length_is_what_counts_and_nothing_else_is_asked() {
        for good in ["kettle orbit mango", "四把锤子挂在蓝色的墙上晒", "aaaaaaaaaaab cdef", "plain lower case"]
        {
            assert_eq!(check_password(good, "chen"), Ok(()), "{good}");
        }
        assert_eq!(check_password("Ab1!Ab1!Ab1", "chen"), Err(PasswordFault::Short), "eleven of whatever kind");
        assert_eq!(
            check_password("四把锤子挂在蓝色的墙上", "chen"),
            Err(PasswordFault::Short),
            "characters, not bytes"
        );
        assert_eq!(check_password(&"ab cd ef".repeat(40), "chen"), Err(PasswordFault::Long), "nobody types that");
    }

    #[test]
    fn what_is_guessed_first_is_refused() {
        for guessed in [
            "password1234",
            "Password2026!",
            "PASSWORDPASSWORD",
            "qwertyuiop123",
            "aaaaaaaaaaaaaa",
            "121212121212",
            "abcdefghijkl",
            "987654321098",
            "123456789012",
            "woaini1314520",
            "administrator1",
            "correct horse battery staple",
            "chenchenchen",
            "chen20261125!",
            "zyxwvutsrqpo",
        ] {
            assert_eq!(check_password(guessed, "Chen@works.example"), Err(PasswordFault::Common), "{guessed}");
        }
    }
}
