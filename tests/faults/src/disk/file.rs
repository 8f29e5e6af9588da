//! One file: what a reader sees, what the platter has, and who holds which of SQLite's locks.

/// What a disk keeps or loses at once.
const SECTOR: usize = 512;

/// A change that the platter does not have yet.
#[derive(Clone, Debug)]
enum Unsynced {
    Write { at: usize, bytes: Vec<u8> },
    Length(usize),
}

/// A file's bytes.
#[derive(Clone, Debug, Default)]
pub struct SimFile {
    seen: Vec<u8>,
    kept: Vec<u8>,
    unsynced: Vec<Unsynced>,
}

impl SimFile {
    /// A file that the platter has.
    pub fn of(bytes: Vec<u8>) -> Self {
        Self { seen: bytes.clone(), kept: bytes, unsynced: Vec::new() }
    }

    /// What a reader sees.
    pub fn bytes(&self) -> &[u8] {
        &self.seen
    }

    /// How long it is, as a reader sees it.
    pub fn length(&self) -> usize {
        self.seen.len()
    }

    /// Writes somewhere; what lies between the end and there is zeros.
    pub fn write(&mut self, at: usize, bytes: &[u8]) {
        put(&mut self.seen, at, bytes);
        self.unsynced.push(Unsynced::Write { at, bytes: bytes.to_vec() });
    }

    /// Cuts or stretches it.
    pub fn set_length(&mut self, length: usize) {
        self.seen.resize(length, 0);
        self.unsynced.push(Unsynced::Length(length));
    }

    /// The platter has everything.
    pub fn sync(&mut self) {
        for change in std::mem::take(&mut self.unsynced) {
            match change {
                Unsynced::Write { at, bytes } => put(&mut self.kept, at, &bytes),
                Unsynced::Length(length) => self.kept.resize(length, 0),
            }
        }
    }

    /// A sync that failed: a reader sees what was written, and the platter will never have it.
    pub fn lose_sync(&mut self) {
        self.unsynced.clear();
    }

    /// What is left when the power has gone.
    pub fn after_power_cut(&self, survives: &mut impl FnMut() -> bool) -> Vec<u8> {
        let mut left = self.kept.clone();
        for change in &self.unsynced {
            match change {
                Unsynced::Write { at, bytes } => {
                    for (start, piece) in sectors(*at, bytes) {
                        if survives() {
                            put(&mut left, start, piece);
                        }
                    }
                }
                Unsynced::Length(length) if survives() => left.resize(*length, 0),
                Unsynced::Length(_) => {}
            }
        }
        left
    }
}

/// The pieces of a write that lie in one sector each.
fn sectors(at: usize, bytes: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    let mut start = at;
    let mut rest = bytes;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let room = SECTOR - start % SECTOR;
        let (piece, behind) = rest.split_at(room.min(rest.len()));
        let found = (start, piece);
        (start, rest) = (start + piece.len(), behind);
        Some(found)
    })
}

fn put(into: &mut Vec<u8>, at: usize, bytes: &[u8]) {
    if at == into.len() {
        into.extend_from_slice(bytes);
        return;
    }
    let end = at + bytes.len();
    if into.len() < end {
        into.resize(end, 0);
    }
    into[at..end].copy_from_slice(bytes);
}

#[cfg(test)]
mod tests {
    use super::{SECTOR, SimFile};
    use crate::disk::Loss;

    #[test]
    fn what_was_not_synced_is_lost_with_the_power() {
        let mut file = SimFile::of(b"old".to_vec());
        file.write(0, b"new and longer");
        assert_eq!(file.bytes(), b"new and longer", "a reader sees it at once");
        assert_eq!(file.after_power_cut(&mut Loss::All.survivors()), b"old", "the platter does not have it");
        file.sync();
        assert_eq!(file.after_power_cut(&mut Loss::All.survivors()), b"new and longer", "now it does");
    }

    #[test]
    fn a_failed_sync_loses_what_a_reader_still_sees() {
        let mut file = SimFile::default();
        file.write(0, b"lost");
        file.lose_sync();
        file.write(4, b"kept");
        file.sync();
        assert_eq!(file.bytes(), b"lostkept", "the page cache has both");
        assert_eq!(file.after_power_cut(&mut Loss::All.survivors()), b"\0\0\0\0kept", "the platter only the second");
    }

    #[test]
    fn a_page_can_be_torn_between_sectors_and_only_there() {
        let mut file = SimFile::of(vec![0; 8 * SECTOR]);
        file.write(0, &[1; 8 * SECTOR]);
        let torn = (0..64).map(|seed| file.after_power_cut(&mut Loss::Sectors(seed).survivors()));
        let torn: Vec<Vec<u8>> = torn.collect();
        let whole = |page: &Vec<u8>| page.chunks(SECTOR).all(|sector| sector.iter().all(|byte| *byte == sector[0]));
        assert!(torn.iter().all(whole), "a sector is old or new");
        assert!(torn.iter().any(|page| page.contains(&0) && page.contains(&1)), "a page may be both");
    }
}
