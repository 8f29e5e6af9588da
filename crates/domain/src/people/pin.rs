//! PINs: what may be one, and how long whoever guesses has to wait.
//!
//! Six digits are few enough that no hash protects them alone. What does is that a station checks them one at a time, and
//! ever more slowly.

/// Fewest digits of a PIN.
pub const SHORTEST_PIN: usize = 6;
/// Most digits of a PIN.
pub const LONGEST_PIN: usize = 12;

/// What it costs to check a PIN with Argon2id. The server makes verifiers with it and stations check them with it, so it is one
/// number for both.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PinCost {
    /// Memory, KiB.
    pub memory_kib: u32,
    /// Passes over it.
    pub passes: u32,
    /// Lanes.
    pub lanes: u32,
}

/// Nineteen MiB, and so many passes that a check takes about 175 ms on a small PC: nobody notices, but whoever guesses.
pub const PIN_COST: PinCost = PinCost { memory_kib: 19_456, passes: 12, lanes: 1 };

/// Why a PIN cannot be set. It never quotes the PIN.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum PinFault {
    /// Fewer than [`SHORTEST_PIN`] digits.
    #[error("a PIN has at least {SHORTEST_PIN} digits")]
    TooShort,
    /// More than [`LONGEST_PIN`] digits.
    #[error("a PIN has at most {LONGEST_PIN} digits")]
    TooLong,
    /// Something beside the digits 0 to 9.
    #[error("a PIN has digits only")]
    NotDigits,
    /// One of those that everybody tries first.
    #[error("this PIN is easily guessed")]
    EasilyGuessed,
}

/// Those that are most used and follow none of the patterns below.
const MOST_USED: [&str; 16] = [
    "147258", "159357", "159753", "258369", "147852", "741852", "963852", "789456", "456789", "520520", "520131",
    "131420", "1314520", "5201314", "168888", "886688",
];

/// Whether digits may become somebody's PIN.
///
/// # Errors
/// [`PinFault`] says why not.
pub fn check_new_pin(pin: &str) -> Result<(), PinFault> {
    if !pin.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(PinFault::NotDigits);
    }
    if pin.len() < SHORTEST_PIN {
        return Err(PinFault::TooShort);
    }
    if pin.len() > LONGEST_PIN {
        return Err(PinFault::TooLong);
    }
    let digits = pin.as_bytes();
    if MOST_USED.contains(&pin) || is_a_run(digits) || repeats(digits) || is_a_mirror(digits) || has_two_digits(digits)
    {
        return Err(PinFault::EasilyGuessed);
    }
    Ok(())
}

/// 123456, 987654, 246802, also across the nine: every step is the same.
fn is_a_run(digits: &[u8]) -> bool {
    let mut steps = digits.windows(2).map(|pair| (10 + pair[1] - pair[0]) % 10);
    let first = steps.next();
    steps.all(|step| Some(step) == first)
}

/// 121212, 123123: a shorter part said again.
fn repeats(digits: &[u8]) -> bool {
    (1..=digits.len() / 2).any(|period| digits[period..].iter().zip(digits).all(|(later, earlier)| later == earlier))
}

/// 123321.
fn is_a_mirror(digits: &[u8]) -> bool {
    digits.iter().eq(digits.iter().rev())
}

/// 112212: two digits leave sixty-two choices.
fn has_two_digits(digits: &[u8]) -> bool {
    let mut seen: Vec<u8> = digits.to_vec();
    seen.sort_unstable();
    seen.dedup();
    seen.len() <= 2
}

/// How many wrong PINs in a row cost nothing, and how the wait grows after that: 1, 2, 4 … seconds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PinPatience {
    /// Wrong tries in a row that cost nothing.
    pub free_tries: u32,
    /// The longest wait, seconds.
    pub longest_wait_s: u32,
}

impl PinPatience {
    /// With one worker's PIN at one station. It never reaches another station, so nobody can lock a colleague out.
    pub const WITH_A_WORKER: Self = Self { free_tries: 5, longest_wait_s: 300 };
    /// With everybody at one station taken together: whoever guesses at many workers in turn waits as well. It ends sooner,
    /// because the honest wait with the guesser.
    pub const WITH_A_STATION: Self = Self { free_tries: 20, longest_wait_s: 60 };

    /// The wait after so many wrong tries in a row, milliseconds.
    pub fn wait_after_ms(self, wrong: u32) -> i64 {
        let Some(beyond) = wrong.checked_sub(self.free_tries) else { return 0 };
        let doubled_s = 1_i64 << beyond.min(30);
        1000 * doubled_s.min(i64::from(self.longest_wait_s))
    }

    /// Tries that still cost nothing.
    pub fn tries_left(self, wrong: u32) -> u32 {
        self.free_tries.saturating_sub(wrong)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn six_digits_without_a_pattern_are_a_pin_and_what_everybody_tries_first_is_none() {
        for pin in ["482915", "9071634", "106429"] {
            assert_eq!(check_new_pin(pin), Ok(()), "{pin}");
        }
        for pin in [
            "000000", "123456", "654321", "890123", "135791", "121212", "123123", "1231231", "123321", "112212",
            "520520", "147258",
        ] {
            assert_eq!(check_new_pin(pin), Err(PinFault::EasilyGuessed), "{pin}");
        }
    }

    #[test]
    fn a_pin_has_six_to_twelve_digits_and_nothing_else() {
        assert_eq!(check_new_pin("48291"), Err(PinFault::TooShort), "five digits are guessed in a day");
        assert_eq!(check_new_pin("4829150637184"), Err(PinFault::TooLong), "thirteen");
        for pin in ["48291a", "４８２９１５", "482 15", "-482915"] {
            assert_eq!(check_new_pin(pin), Err(PinFault::NotDigits), "{pin}");
        }
        assert_eq!(check_new_pin(""), Err(PinFault::TooShort), "none is not one");
    }

    #[test]
    fn the_wait_doubles_from_the_last_free_try_up_to_its_longest() {
        let waits = |patience: PinPatience, wrong: &[u32]| -> Vec<i64> {
            wrong.iter().map(|wrong| patience.wait_after_ms(*wrong) / 1000).collect()
        };
        assert_eq!(
            waits(PinPatience::WITH_A_WORKER, &[0, 4, 5, 6, 7, 13, 14, 10_000]),
            [0, 0, 1, 2, 4, 256, 300, 300],
            "seconds for one worker"
        );
        assert_eq!(
            waits(PinPatience::WITH_A_STATION, &[0, 19, 20, 21, 25, 26, u32::MAX]),
            [0, 0, 1, 2, 32, 60, 60],
            "seconds for the whole station"
        );
    }
}
