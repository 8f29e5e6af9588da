//! The station's data folder: its lock, its private files, and how damaged files are put aside.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::Write;
use std::path::{Path, PathBuf};

use super::fault::StoreFault;

/// The folder, held by this process alone until it is dropped.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    _lock: File,
}

impl Folder {
    /// Makes the folder if it is missing and takes its lock, before anything in it is looked at: two writers on one outbox
    /// are how stores are destroyed.
    pub fn hold(path: &Path) -> Result<Self, StoreFault> {
        fs::create_dir_all(path).map_err(|fault| StoreFault::of_file("make", path, fault))?;
        let lock_path = path.join("station.lock");
        let lock = open_private(&lock_path, OpenOptions::new().read(true).write(true).create(true).truncate(false))
            .map_err(|fault| StoreFault::of_file("open", path, fault))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(StoreFault::AlreadyOpen { path: path.to_owned() }),
            Err(TryLockError::Error(fault)) => return Err(StoreFault::of_file("lock", &lock_path, fault)),
        }
        Ok(Self { path: path.to_owned(), _lock: lock })
    }

    /// The folder itself.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// A file in the folder.
    pub fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// What a private file holds; `None` when there is none.
    pub fn read(&self, name: &str) -> Result<Option<Vec<u8>>, StoreFault> {
        let path = self.file(name);
        match fs::read(&path) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(fault) if fault.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(fault) => Err(StoreFault::of_file("read", &path, fault)),
        }
    }

    /// Replaces a private file whole: after a power cut there is either the one before or this one.
    pub fn replace(&self, name: &str, bytes: &[u8]) -> Result<(), StoreFault> {
        let path = self.file(name);
        let beside = self.file(&format!("{name}.part"));
        let written = open_private(&beside, OpenOptions::new().write(true).create(true).truncate(true))
            .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()))
            .and_then(|()| fs::rename(&beside, &path))
            .and_then(|()| sync_folder(&self.path));
        written.map_err(|fault| StoreFault::of_file("write", &path, fault))
    }

    /// Puts a damaged database aside, with whatever SQLite keeps beside it, under a name that says when. Never deleted:
    /// what cannot be read today may be salvaged tomorrow.
    pub fn put_aside(&self, name: &str, wall_ms: i64) -> Result<PathBuf, StoreFault> {
        let aside = self.free_name(&format!("{name}.damaged-{wall_ms}"));
        for tail in ["", "-wal", "-shm"] {
            let from = self.file(&format!("{name}{tail}"));
            let to = PathBuf::from(format!("{}{tail}", aside.display()));
            if from.exists() {
                fs::rename(&from, &to).map_err(|fault| StoreFault::of_file("move", &from, fault))?;
            }
        }
        sync_folder(&self.path).map_err(|fault| StoreFault::of_file("sync", &self.path, fault))?;
        Ok(aside)
    }

    fn free_name(&self, wanted: &str) -> PathBuf {
        let mut name = self.file(wanted);
        let mut count = 1;
        while name.exists() {
            count += 1;
            name = self.file(&format!("{wanted}-{count}"));
        }
        name
    }
}

/// Opens a file that only its owner may read.
pub(super) fn open_private(path: &Path, options: &mut OpenOptions) -> std::io::Result<File> {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options.open(path)
}

/// Makes a rename or a new file in the folder durable. Windows has no such call and needs none.
pub(super) fn sync_folder(path: &Path) -> std::io::Result<()> {
    if cfg!(unix) { File::open(path)?.sync_all() } else { Ok(()) }
}
