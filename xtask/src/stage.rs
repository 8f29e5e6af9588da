//! A stage of a longer verb: a banner before it, its duration after it, so that a log of half an hour can be read.

use std::time::{Duration, Instant};

use crate::Outcome;

/// Runs `work` under a banner and says how long it took.
pub fn perform(title: &str, work: impl FnOnce() -> Outcome) -> Outcome {
    println!("\n=== {title} ===");
    let started = Instant::now();
    let outcome = work();
    let took = spoken(started.elapsed());
    match outcome {
        Ok(()) => {
            println!("=== {title}: ok, {took} ===");
            Ok(())
        }
        Err(error) => Err(format!("{title} failed after {took}: {error}").into()),
    }
}

/// A duration as one says it: `4.2 s`, `3 min 07 s`.
pub fn spoken(duration: Duration) -> String {
    let whole_s = duration.as_secs();
    if whole_s < 60 {
        format!("{:.1} s", duration.as_secs_f64())
    } else {
        format!("{} min {:02} s", whole_s / 60, whole_s % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_is_said_in_the_unit_one_thinks_in() {
        assert_eq!(spoken(Duration::from_millis(4230)), "4.2 s", "seconds with one decimal");
        assert_eq!(spoken(Duration::from_secs(187)), "3 min 07 s", "minutes once there are any");
    }

    #[test]
    fn a_failing_stage_names_itself() {
        let error = perform("clippy", || Err("two warnings".into())).expect_err("the work failed");
        let text = error.to_string();
        assert!(text.starts_with("clippy failed after"), "the reader must see which stage it was: {text}");
        assert!(text.ends_with("two warnings"), "and why: {text}");
    }
}
