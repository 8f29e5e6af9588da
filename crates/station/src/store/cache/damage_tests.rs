//! A thousand damaged caches: each opens, as it is or begun anew, and each can be filled again.

use std::collections::HashSet;
use std::sync::Arc;

use super::super::folder::Folder;
use super::{Cache, FILE};
use crate::engine::tests::factory::{page, pair};
use crate::store::{OpenReport, Recovery, SystemDisk};

const CASES: u64 = 1_000;
const PAGE_BYTES: usize = 4096;

/// Numbers that repeat with their seed.
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % bound as u64).expect("fits")
    }
}

fn damage(bytes: &mut Vec<u8>, seed: u64) -> &'static str {
    let mut chance = Chance(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    let length = bytes.len();
    match seed % 5 {
        0 => {
            bytes[..100].fill(0);
            "its header zeroed"
        }
        1 => {
            let at = chance.below(length / PAGE_BYTES) * PAGE_BYTES;
            bytes[at..at + PAGE_BYTES].fill(0);
            "a page zeroed"
        }
        2 => {
            bytes.truncate(chance.below(length));
            "its tail cut off"
        }
        _ => {
            for _ in 0..=chance.below(48) {
                let at = chance.below(length);
                bytes[at] ^= 1 << chance.below(8);
            }
            "bits flipped"
        }
    }
}

#[test]
fn whatever_happened_to_the_cache_it_opens_as_it_is_or_anew_and_is_filled_again() {
    let home = tempfile::tempdir().expect("a folder");
    let folder = Arc::new(Folder::hold(Arc::new(SystemDisk), home.path()).expect("held"));
    let open = |report: &mut OpenReport| Cache::open(&folder, [7; 32], 1, false, report);
    let sent = page(&[pair(1), pair(2)], 10, true);
    let cache = open(&mut OpenReport::default()).expect("opens");
    cache.apply_page(&sent, &HashSet::new()).expect("a page");
    let whole = cache.image().expect("reads");
    drop(cache);
    let sound = std::fs::read(folder.file(FILE)).expect("reads");
    let mut anew = 0;
    for seed in 0..CASES {
        let mut bytes = sound.clone();
        let how = damage(&mut bytes, seed);
        std::fs::write(folder.file(FILE), &bytes).expect("writes");
        let mut report = OpenReport::default();
        let cache = open(&mut report).unwrap_or_else(|fault| panic!("seed {seed}, {how}: {fault}"));
        assert!(cache.image().is_ok(), "seed {seed}, {how}: what opens can be read");
        if let [Recovery::CacheRebuilt { aside }] = &report.recoveries[..] {
            anew += 1;
            assert!(aside.exists(), "seed {seed}, {how}: the damaged file is kept");
            // Every new cache is the same; filling some of them proves it.
            if seed % 20 == 0 {
                cache.apply_page(&sent, &HashSet::new()).expect("a page");
                let again = cache.image().expect("reads");
                assert_eq!(again.work_orders, whole.work_orders, "seed {seed}, {how}: all is back");
            }
            std::fs::remove_file(aside).expect("room for the next");
        }
        drop(cache);
    }
    assert!(anew > CASES / 3, "only {anew} of {CASES} were noticed at all");
}
