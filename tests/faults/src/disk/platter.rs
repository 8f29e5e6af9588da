//! The disk itself: names, files, what is durable of both, and what a cut of the power leaves.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Debug};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use super::file::SimFile;
use super::plan::{Fault, Loss, Operation, Plan, Refused};
use super::vfs::{Locks, SharedMemory};

/// What a disk holds, as a copying machine sees it.
#[derive(Clone, Default)]
pub struct Image(Arc<BTreeMap<String, Vec<u8>>>);

impl Debug for Image {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.0.iter().map(|(name, bytes)| (name, bytes.len()))).finish()
    }
}

impl Image {
    /// A file's bytes.
    pub fn file(&self, name: &str) -> Option<&[u8]> {
        self.0.get(name).map(Vec::as_slice)
    }

    /// The names of its files.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// The same with one file's bytes changed, as rot or a careless tool would.
    #[must_use]
    pub fn altered(&self, name: &str, alter: impl FnOnce(&mut Vec<u8>)) -> Self {
        let mut files = BTreeMap::clone(&self.0);
        alter(files.entry(name.to_owned()).or_default());
        Self(Arc::new(files))
    }
}

/// A disk. Clones are the same disk.
#[derive(Clone)]
pub struct SimDisk(Arc<Shelf>);

pub(super) struct Shelf {
    number: u64,
    boot: Mutex<Arc<Boot>>,
}

/// The disk from one start of the machine to the next.
pub(super) struct Boot(Mutex<State>);

/// Everything that a running disk knows.
pub(super) struct State {
    is_off: bool,
    operations: u64,
    plan: Plan,
    next_file: u64,
    files: BTreeMap<u64, OpenFile>,
    names: BTreeMap<String, u64>,
    kept_names: BTreeMap<String, u64>,
    renamings: Vec<Renaming>,
    held: BTreeSet<String>,
}

/// A file and what SQLite's connections share of it.
#[derive(Default)]
pub(super) struct OpenFile {
    pub content: SimFile,
    pub locks: Locks,
    pub shared: SharedMemory,
}

/// A change of names that the platter does not have yet.
enum Renaming {
    Made(String, u64),
    Moved(String, String),
    Removed(String),
}

static DISKS: Mutex<BTreeMap<u64, Weak<Shelf>>> = Mutex::new(BTreeMap::new());
static NEXT: AtomicU64 = AtomicU64::new(1);

impl Debug for SimDisk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SimDisk({})", self.0.number)
    }
}

impl Default for SimDisk {
    fn default() -> Self {
        Self::of(&Image::default())
    }
}

impl SimDisk {
    /// A disk that holds a copy of an image.
    pub fn of(image: &Image) -> Self {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let shelf = Arc::new(Shelf { number, boot: Mutex::new(Arc::new(Boot::of(image))) });
        locked(&DISKS).insert(number, Arc::downgrade(&shelf));
        Self(shelf)
    }

    /// The folder under which it is mounted.
    pub fn folder(&self) -> PathBuf {
        PathBuf::from(format!("/disk-{}", self.0.number))
    }

    /// What it holds, as a reader sees it now.
    pub fn image(&self) -> Image {
        let boot = self.boot();
        let state = boot.state();
        Image(Arc::new(
            state.names.iter().map(|(name, id)| (name.clone(), state.files[id].content.bytes().to_vec())).collect(),
        ))
    }

    /// Replaces everything that it holds, as putting another disk in does.
    pub fn replace(&self, image: &Image) {
        let mut boot = locked(&self.0.boot);
        boot.state().is_off = true;
        *boot = Arc::new(Boot::of(image));
    }

    /// The power goes and comes back: whoever had a file open has it no longer.
    pub fn cut_power(&self, loss: Loss) {
        let mut boot = locked(&self.0.boot);
        let left = {
            let mut state = boot.state();
            state.is_off = true;
            state.after_power_cut(loss)
        };
        *boot = Arc::new(Boot::of(&left));
    }

    /// Whether an armed cut has taken the power away.
    pub fn is_off(&self) -> bool {
        self.boot().state().is_off
    }

    /// Lets a fault happen at the operation that comes after so many others.
    pub fn arm(&self, after: u64, fault: Fault) {
        let boot = self.boot();
        let mut state = boot.state();
        let now = state.operations;
        state.plan.add(now, after, fault);
    }

    /// How many faults were armed since the last start, those included that have happened.
    pub fn armed(&self) -> u32 {
        self.boot().state().plan.armed
    }

    /// Forgets the faults that have not happened.
    pub fn disarm(&self) {
        self.boot().state().plan.clear();
    }

    /// Operations since the last start.
    pub fn operations(&self) -> u64 {
        self.boot().state().operations
    }

    pub(super) fn boot(&self) -> Arc<Boot> {
        Arc::clone(&locked(&self.0.boot))
    }
}

impl Drop for Shelf {
    fn drop(&mut self) {
        locked(&DISKS).remove(&self.number);
    }
}

/// The disk on which a path lies, and the file's name there.
pub(super) fn find(path: &Path) -> Option<(SimDisk, String)> {
    let text = path.to_str()?.strip_prefix("/disk-")?;
    let (number, name) = text.split_once('/')?;
    let shelf = locked(&DISKS).get(&number.parse().ok()?)?.upgrade()?;
    Some((SimDisk(shelf), name.to_owned()))
}

impl Boot {
    fn of(image: &Image) -> Self {
        let mut state = State {
            is_off: false,
            operations: 0,
            plan: Plan::default(),
            next_file: 0,
            files: BTreeMap::new(),
            names: BTreeMap::new(),
            kept_names: BTreeMap::new(),
            renamings: Vec::new(),
            held: BTreeSet::new(),
        };
        for (name, bytes) in image.0.iter() {
            let id = state.add(SimFile::of(bytes.clone()));
            state.names.insert(name.clone(), id);
        }
        state.kept_names = state.names.clone();
        Self(Mutex::new(state))
    }

    pub fn state(&self) -> MutexGuard<'_, State> {
        locked(&self.0)
    }
}

impl State {
    fn add(&mut self, content: SimFile) -> u64 {
        self.next_file += 1;
        self.files.insert(self.next_file, OpenFile { content, ..OpenFile::default() });
        self.next_file
    }

    /// Counts an operation and meets the fault that waits for it.
    fn operate(&mut self, operation: Operation) -> Result<(), Refused> {
        self.powered()?;
        self.operations += 1;
        let met = self.plan.meet(self.operations, operation);
        self.is_off = met == Err(Refused::Off);
        met
    }

    /// Reading is no operation that a plan counts, but it needs power.
    pub fn powered(&self) -> Result<(), Refused> {
        if self.is_off { Err(Refused::Off) } else { Ok(()) }
    }

    pub fn file(&mut self, id: u64) -> &mut OpenFile {
        self.files.entry(id).or_default()
    }

    pub fn id_of(&self, name: &str) -> Option<u64> {
        self.names.get(name).copied()
    }

    /// Opens a file, making it if it is missing and may be made.
    pub fn open(&mut self, name: &str, may_make: bool) -> Result<Option<u64>, Refused> {
        self.powered()?;
        if let Some(id) = self.id_of(name) {
            return Ok(Some(id));
        }
        if !may_make {
            return Ok(None);
        }
        self.operate(Operation::Write)?;
        let id = self.add(SimFile::default());
        self.names.insert(name.to_owned(), id);
        self.renamings.push(Renaming::Made(name.to_owned(), id));
        Ok(Some(id))
    }

    /// A file that nobody can find again.
    pub fn open_nameless(&mut self) -> u64 {
        self.add(SimFile::default())
    }

    /// Frees a nameless file.
    pub fn forget(&mut self, id: u64) {
        self.files.remove(&id);
    }

    pub fn write(&mut self, id: u64, at: usize, bytes: &[u8]) -> Result<(), Refused> {
        self.powered()?;
        let met = self.operate(Operation::Write);
        // What was on its way when the power went may have arrived in part.
        if matches!(met, Ok(()) | Err(Refused::Off)) {
            self.file(id).content.write(at, bytes);
        }
        met
    }

    pub fn set_length(&mut self, id: u64, length: usize) -> Result<(), Refused> {
        self.operate(Operation::Change)?;
        self.file(id).content.set_length(length);
        Ok(())
    }

    pub fn sync(&mut self, id: u64) -> Result<(), Refused> {
        match self.operate(Operation::Sync) {
            Ok(()) => {
                self.file(id).content.sync();
                let made = |change: &Renaming| matches!(change, Renaming::Made(_, made) if *made == id);
                if let Some(place) = self.renamings.iter().rposition(made) {
                    self.keep_names(place + 1);
                }
                Ok(())
            }
            Err(Refused::SyncLost) => {
                self.file(id).content.lose_sync();
                Err(Refused::SyncLost)
            }
            Err(refused) => Err(refused),
        }
    }

    pub fn rename(&mut self, from: &str, to: &str) -> Result<bool, Refused> {
        self.operate(Operation::Change)?;
        let Some(id) = self.names.remove(from) else { return Ok(false) };
        self.names.insert(to.to_owned(), id);
        self.renamings.push(Renaming::Moved(from.to_owned(), to.to_owned()));
        Ok(true)
    }

    pub fn remove(&mut self, name: &str) -> Result<bool, Refused> {
        self.operate(Operation::Change)?;
        if self.names.remove(name).is_none() {
            return Ok(false);
        }
        self.renamings.push(Renaming::Removed(name.to_owned()));
        Ok(true)
    }

    pub fn sync_names(&mut self) -> Result<(), Refused> {
        self.operate(Operation::Sync)?;
        self.keep_names(self.renamings.len());
        Ok(())
    }

    /// Takes a file's advisory lock; false when somebody has it.
    pub fn hold(&mut self, name: &str) -> Result<bool, Refused> {
        self.powered()?;
        Ok(self.held.insert(name.to_owned()))
    }

    pub fn let_go(&mut self, name: &str) {
        self.held.remove(name);
    }

    fn keep_names(&mut self, count: usize) {
        let kept: Vec<Renaming> = self.renamings.drain(..count).collect();
        kept.iter().for_each(|change| change.make(&mut self.kept_names));
    }

    /// A journalling file system keeps changes of names in their order: some first ones survive, and none behind them.
    fn after_power_cut(&self, loss: Loss) -> Image {
        let mut survives = loss.survivors();
        let mut names = self.kept_names.clone();
        self.renamings.iter().take_while(|_| survives()).for_each(|change| change.make(&mut names));
        let left = names.into_iter().map(|(name, id)| {
            let bytes = self.files.get(&id).map(|file| file.content.after_power_cut(&mut survives));
            (name, bytes.unwrap_or_default())
        });
        Image(Arc::new(left.collect()))
    }
}

impl Renaming {
    fn make(&self, names: &mut BTreeMap<String, u64>) {
        match self {
            Self::Made(name, id) => {
                names.insert(name.clone(), *id);
            }
            Self::Moved(from, to) => {
                if let Some(id) = names.remove(from) {
                    names.insert(to.clone(), id);
                }
            }
            Self::Removed(name) => {
                names.remove(name);
            }
        }
    }
}

/// A panic in another thread leaves no half change behind that a simulated disk could not have.
pub(super) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
