//! What was found, and what was missed.

/// Of every hundred heads with a dead dot, so many must leave a symbol readable.
const READABLE_PERCENT: usize = 99;
/// So many misses are told one by one; the rest is counted.
const TOLD: usize = 20;

/// Counts over many labels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally {
    /// Labels that were drawn.
    pub labels: usize,
    /// Those of which two decoders read every symbol, and found nothing else.
    pub decoded: usize,
    /// Pictures of other interpreters that were compared.
    pub pictures: usize,
    /// Dots in which they differ from ours.
    pub pixels_differing: usize,
    /// Labels that carry their code twice, with one dot of the head dead.
    pub dead_dots: usize,
    /// Those that can still be read.
    pub readable: usize,
    /// What went wrong, in words.
    pub misses: Vec<String>,
}

impl Tally {
    pub const NOTHING: Self =
        Self { labels: 0, decoded: 0, pictures: 0, pixels_differing: 0, dead_dots: 0, readable: 0, misses: Vec::new() };

    pub fn add(&mut self, other: Self) {
        self.labels += other.labels;
        self.decoded += other.decoded;
        self.pictures += other.pictures;
        self.pixels_differing += other.pixels_differing;
        self.dead_dots += other.dead_dots;
        self.readable += other.readable;
        self.misses.extend(other.misses);
    }

    /// Says what was found; gives how many things were missed.
    pub fn report(&self) -> usize {
        self.misses.iter().take(TOLD).for_each(|miss| println!("MISSED {miss}"));
        let further = self.misses.len().saturating_sub(TOLD);
        if further > 0 {
            println!("MISSED {further} more");
        }
        println!("{} pictures of other interpreters: {} pixels differing", self.pictures, self.pixels_differing);
        let is_readable = self.readable * 100 >= self.dead_dots * READABLE_PERCENT;
        let verdict = if is_readable { "ok" } else { "MISSED" };
        println!(
            "one dead dot: {} of {} still readable, goal {READABLE_PERCENT} % {verdict}",
            self.readable, self.dead_dots
        );
        self.misses.len() + usize::from(!is_readable)
    }
}
