//! Random programs: a thousand seeds, a hundred to a test, so that every core has some.

use cordwainer_faults::program::Program;

const EACH: u64 = 100;

fn play(block: u64) {
    for seed in block * EACH..(block + 1) * EACH {
        let program = Program::of(seed);
        if let Err(failure) = program.run() {
            panic!(
                "seed {seed} breaks a rule after step {}: {}\nsteps: {:#?}\nshorter: cargo xtask sim --first-seed {seed} --seeds 1 --shrink",
                failure.after, failure.violation, program.steps
            );
        }
    }
}

#[test]
fn one_seed_is_one_run() {
    let program = Program::of(7);
    assert_eq!(program.run(), program.run(), "the same seed, the same story to the last request");
}

#[test]
fn seeds_from_0_keep_every_rule() {
    play(0);
}

#[test]
fn seeds_from_100_keep_every_rule() {
    play(1);
}

#[test]
fn seeds_from_200_keep_every_rule() {
    play(2);
}

#[test]
fn seeds_from_300_keep_every_rule() {
    play(3);
}

#[test]
fn seeds_from_400_keep_every_rule() {
    play(4);
}

#[test]
fn seeds_from_500_keep_every_rule() {
    play(5);
}

#[test]
fn seeds_from_600_keep_every_rule() {
    play(6);
}

#[test]
fn seeds_from_700_keep_every_rule() {
    play(7);
}

#[test]
fn seeds_from_800_keep_every_rule() {
    play(8);
}

#[test]
fn seeds_from_900_keep_every_rule() {
    play(9);
}
