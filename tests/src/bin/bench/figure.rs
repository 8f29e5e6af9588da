//! A figure with its unit and its goal, and the table of them.

use serde::Serialize;

/// Something that was measured.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Figure {
    /// What.
    pub name: String,
    /// How much.
    pub value: f64,
    /// Of what.
    pub unit: &'static str,
    /// At most this much is wanted; `None` for what is only good to know.
    pub goal: Option<f64>,
    /// Whether it is within its goal.
    pub met: Option<bool>,
}

impl Figure {
    /// A figure with a goal.
    pub fn with_goal(name: impl Into<String>, value: f64, unit: &'static str, goal: f64) -> Self {
        Self { name: name.into(), value, unit, goal: Some(goal), met: Some(value <= goal) }
    }

    /// A figure that shall be below what a peer reaches in the same run; without a peer it is only good to know.
    pub fn against(name: impl Into<String>, value: f64, unit: &'static str, peer: Option<f64>) -> Self {
        match peer {
            Some(peer) => Self::with_goal(name, value, unit, (peer * 100.0).round() / 100.0),
            None => Self::plain(name, value, unit),
        }
    }

    /// A figure that is good to know.
    pub fn plain(name: impl Into<String>, value: f64, unit: &'static str) -> Self {
        Self { name: name.into(), value, unit, goal: None, met: None }
    }
}

/// The value below which this share of all values lies. The values need no order.
pub fn percentile(values: &[f64], share: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let rank = (share * sorted.len() as f64).ceil() as usize;
    sorted.get(rank.saturating_sub(1)).copied().unwrap_or(f64::NAN)
}

/// One line a figure.
pub fn table(figures: &[Figure]) -> String {
    let lines = figures.iter().map(|figure| {
        let goal = figure.goal.map_or_else(String::new, |goal| format!("≤ {goal} {}", figure.unit));
        let verdict = match figure.met {
            Some(true) => "ok",
            Some(false) => "OVER",
            None => "",
        };
        format!("{:<58} {:>10.2} {:<4} {goal:<14} {verdict}", figure.name, figure.value, figure.unit)
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_a_value_that_occurred() {
        let values: Vec<f64> = (1..=200).rev().map(f64::from).collect();
        for (share, expected) in [(0.5, 100.0), (0.99, 198.0), (1.0, 200.0)] {
            assert_eq!(percentile(&values, share), expected, "{share} of two hundred");
        }
        assert!(percentile(&[], 0.5).is_nan(), "nothing measured is no number");
    }
}
