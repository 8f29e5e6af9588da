//! `cargo xtask test`: everything that CI runs, the cheap stages first, stopping at the first that fails.

use clap::ValueEnum;
use xshell::cmd;

use crate::{
    Outcome,
    checkout::{Checkout, Profile},
    frontend,
    setup::{self, Purpose},
    sim, stage, tidy,
};

/// What `cargo xtask test` takes.
#[derive(clap::Args)]
pub struct Arguments {
    /// Only these stages, in the usual order
    #[arg(long, value_enum, value_delimiter = ',')]
    only: Vec<Stage>,
}

/// The stages, in the order in which they run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Stage {
    /// System packages, Node, nextest
    Setup,
    /// rustfmt
    Format,
    /// The UI's packages, types, linter, tests, bundles and their budgets
    Ui,
    /// clippy, warnings as errors
    Clippy,
    /// The rules of the house
    Tidy,
    /// Every program, since stories start them
    Build,
    /// Unit, property, store and story tests
    Tests,
    /// A thousand random programs in a simulated world
    Simulator,
    /// The examples in the documentation, where there are any
    Doctests,
    /// The real window
    E2e,
}

/// Runs the stages that were asked for, or all.
pub fn perform(checkout: &Checkout, arguments: &Arguments) -> Outcome {
    let chosen = chosen(&arguments.only);
    for (index, stage) in chosen.iter().enumerate() {
        let title = format!("{}/{} {}", index + 1, chosen.len(), name(*stage));
        stage::perform(&title, || run(checkout, *stage))?;
    }
    println!("\nAll stages passed.");
    Ok(())
}

fn chosen(only: &[Stage]) -> Vec<Stage> {
    let all = Stage::value_variants().iter().copied();
    all.filter(|stage| only.is_empty() || only.contains(stage)).collect()
}

fn name(stage: Stage) -> String {
    stage.to_possible_value().map_or_else(String::new, |value| value.get_name().to_owned())
}

fn run(checkout: &Checkout, stage: Stage) -> Outcome {
    let shell = &checkout.shell;
    match stage {
        Stage::Setup => setup::perform(checkout, Purpose::Test),
        Stage::Format => Ok(cmd!(shell, "cargo fmt --all --check").run()?),
        Stage::Ui => frontend::install(checkout).and_then(|()| frontend::check(checkout)),
        Stage::Clippy => Ok(cmd!(shell, "cargo clippy --locked --workspace --all-targets -- -D warnings").run()?),
        Stage::Tidy => tidy::perform(checkout),
        Stage::Build => checkout.build_programs(Profile::Dev),
        Stage::Tests => nextest(checkout, "default", "not binary(=e2e)"),
        Stage::Simulator => sim::play_all(checkout),
        Stage::Doctests => doctests(checkout),
        Stage::E2e => nextest(checkout, "window", "binary(=e2e)"),
    }
}

/// Tests are chosen by filter and not by package: a package alone would be compiled with other features.
fn nextest(checkout: &Checkout, profile: &str, filter: &str) -> Outcome {
    let config = "xtask/nextest.toml";
    let run = cmd!(checkout.shell, "cargo nextest run --locked --workspace --config-file {config} --profile {profile}");
    Ok(run.args(["-E", filter]).run()?)
}

/// Doc tests link every library once more, so they run only where a doc comment has an example.
fn doctests(checkout: &Checkout) -> Outcome {
    let sources = tidy::Sources::of_checkout(checkout)?;
    let with_example = sources.texts().find(|(path, text)| path.ends_with(".rs") && has_doc_example(text));
    let Some((path, _)) = with_example else {
        println!("no doc comment has an example");
        return Ok(());
    };
    println!("examples found, the first in {path}");
    Ok(cmd!(checkout.shell, "cargo test --locked --workspace --doc").run()?)
}

/// Whether a doc comment opens a code block that rustdoc would compile.
fn has_doc_example(source: &str) -> bool {
    let mut inside = false;
    for line in source.lines().map(str::trim_start) {
        let Some(comment) = line.strip_prefix("///").or_else(|| line.strip_prefix("//!")) else {
            inside = false;
            continue;
        };
        let Some(language) = comment.trim().strip_prefix("```") else { continue };
        inside = !inside;
        if inside && compiles(language) {
            return true;
        }
    }
    false
}

fn compiles(language: &str) -> bool {
    const RUST: [&str; 5] = ["rust", "no_run", "should_panic", "compile_fail", "edition2024"];
    language.split(',').map(str::trim).all(|word| word.is_empty() || RUST.contains(&word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_choice_every_stage_runs_and_a_choice_keeps_the_order() {
        assert_eq!(chosen(&[]), Stage::value_variants(), "CI runs all");
        assert_eq!(chosen(&[Stage::Tidy, Stage::Format]), [Stage::Format, Stage::Tidy], "cheap ones first");
    }

    #[test]
    fn only_code_that_rustdoc_compiles_is_an_example() {
        let cases = [
            ("/// ```\n/// job.start();\n/// ```\n", true),
            ("//! ```no_run\n//! serve();\n//! ```\n", true),
            ("/// ```text\n/// a picture\n/// ```\nfn a() {}\n", false),
            ("/// ```json\n/// {}\n/// ```\n/// then ```` ` ```` alone\n", false),
            ("// ```\n// a plain comment\n// ```\n", false),
        ];
        for (source, expected) in cases {
            assert_eq!(has_doc_example(source), expected, "{source}");
        }
    }
}
