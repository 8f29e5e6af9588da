//! The one place where a story waits: for a condition, with a bound, never for a time.

use std::fmt::Display;
use std::time::{Duration, Instant};

/// How long anything may take on two busy cores. A healthy run is far below; a hanging one ends here and says why.
pub const PATIENCE: Duration = Duration::from_secs(30);
/// How often a condition is looked at.
const LOOK_AGAIN: Duration = Duration::from_millis(15);

/// Looks until it is so. `look` gives what was hoped for, or says what is there instead.
///
/// # Panics
/// When it is not so within [`PATIENCE`], with what was seen last.
#[track_caller]
pub fn until<T, E: Display>(what: impl Display, look: impl FnMut() -> Result<T, E>) -> T {
    match within(PATIENCE, look) {
        Ok(found) => found,
        Err(seen) => panic!("waited {} s for {what}; instead: {seen}", PATIENCE.as_secs()),
    }
}

/// Looks until it is so, or the patience is over.
///
/// # Errors
/// What was seen last.
pub fn within<T, E>(patience: Duration, mut look: impl FnMut() -> Result<T, E>) -> Result<T, E> {
    let deadline = Instant::now() + patience;
    loop {
        match look() {
            Ok(found) => return Ok(found),
            Err(seen) if Instant::now() >= deadline => return Err(seen),
            Err(_) => std::thread::sleep(LOOK_AGAIN),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_condition_that_comes_true_ends_the_wait_and_one_that_does_not_says_what_was_there() {
        let mut looks = 0;
        let third = within(PATIENCE, || {
            looks += 1;
            if looks == 3 { Ok(looks) } else { Err("not yet") }
        });
        assert_eq!(third, Ok(3), "it looks again until it is so");
        let never: Result<(), _> = within(Duration::ZERO, || Err("two cards"));
        assert_eq!(never, Err("two cards"), "the last sight is the best explanation");
    }
}
