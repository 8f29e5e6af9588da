//! Labels as PDF: small, with subset fonts inside, and text that can be copied out.

use std::io::Write;
use std::process::{Command, Stdio};

use cordwainer_labels::{DotItem, LabelKind, pdf};

use super::labels::{Label, Random, random};
use super::speed::verdict;

const ONE_GOAL_BYTES: usize = 40_000;
const HUNDRED_GOAL_BYTES: usize = 500_000;
const DOTS_PER_INCH: u16 = 300;
/// Each takes poppler two starts, so not more than this of every kind.
const MOST: usize = 50;

/// Prints the figures; gives how many goals were missed.
pub fn measure(seed: u64, labels: usize) -> usize {
    let mut misses = Vec::new();
    let mut largest = 0;
    for (kind, at) in LabelKind::ALL.into_iter().flat_map(|kind| (0..labels.min(MOST)).map(move |at| (kind, at))) {
        let label = random(kind, DOTS_PER_INCH, &mut Random::new(seed, at));
        let file = pdf::encode(kind.word(), std::slice::from_ref(&label.layout)).expect("a PDF");
        largest = largest.max(file.len());
        misses.extend(faults(&label, &file).into_iter().map(|fault| format!("{} {at} as PDF: {fault}", kind.word())));
    }
    misses.iter().for_each(|miss| println!("MISSED {miss}"));
    let met = largest <= ONE_GOAL_BYTES;
    println!("PDF of one label: largest {largest} bytes, goal {ONE_GOAL_BYTES} {}", verdict(met));
    let hundred = hundred(seed);
    misses.len() + usize::from(!met) + usize::from(!hundred)
}

/// A hundred travellers in one file.
fn hundred(seed: u64) -> bool {
    let label = |at| random(LabelKind::Traveller, DOTS_PER_INCH, &mut Random::new(seed, at)).layout;
    let layouts: Vec<_> = (0..100).map(label).collect();
    let bytes = pdf::encode("Travellers", &layouts).expect("a PDF").len();
    let met = bytes <= HUNDRED_GOAL_BYTES;
    println!("PDF of a hundred labels: {bytes} bytes, goal {HUNDRED_GOAL_BYTES} {}", verdict(met));
    met
}

fn faults(label: &Label, file: &[u8]) -> Vec<String> {
    let mut faults = Vec::new();
    let fonts = poppler("pdffonts", &["-"], file);
    for font in fonts.lines().skip(2) {
        let flags: Vec<&str> = font.split_whitespace().filter(|word| ["yes", "no"].contains(word)).collect();
        if flags != ["yes"; 3] {
            faults.push(format!("not embedded, subset and with a Unicode map: {font}"));
        }
    }
    let text = squeezed(&poppler("pdftotext", &["-raw", "-", "-"], file));
    for item in &label.layout.items {
        if let DotItem::Text(line) = item
            && !text.contains(&squeezed(&line.text))
        {
            faults.push(format!("{:?} cannot be copied out", line.text));
        }
    }
    faults
}

/// Where words are set apart is the reader's guess.
fn squeezed(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_whitespace()).collect()
}

fn poppler(program: &str, arguments: &[&str], input: &[u8]) -> String {
    let spawned = Command::new(program).args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let mut child = spawned.unwrap_or_else(|error| panic!("{program} cannot be started ({error}); cargo xtask setup"));
    child.stdin.take().expect("piped").write_all(input).expect("poppler reads its input before it answers");
    let output = child.wait_with_output().expect("output of the program");
    assert!(output.status.success(), "{program} ended badly");
    String::from_utf8_lossy(&output.stdout).into_owned()
}
