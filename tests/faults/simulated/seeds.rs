//! Random programs: the first of the thousand that `cargo xtask test` plays in a build of their own.

use cordwainer_faults::program::Program;

const SEEDS: u64 = 50;

#[test]
fn one_seed_is_one_run() {
    let program = Program::of(7);
    assert_eq!(program.run(), program.run(), "the same seed, the same story to the last request");
}

#[test]
fn seeds_from_0_keep_every_rule() {
    for seed in 0..SEEDS {
        let program = Program::of(seed);
        if let Err(failure) = program.run() {
            panic!(
                "seed {seed} breaks a rule after step {}: {}\nsteps: {:#?}\nshorter: cargo xtask sim --first-seed {seed} --seeds 1 --shrink",
                failure.after, failure.violation, program.steps
            );
        }
    }
}
