//! The station's data folder: its lock, its private files, and how damaged files are put aside.

use std::any::Any;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::disk::{Disk, Opening};
use super::fault::StoreFault;

/// The folder, held by this process alone until it is dropped.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    disk: Arc<dyn Disk>,
    _lock: Box<dyn Any + Send + Sync>,
}

impl Folder {
    /// Makes the folder if it is missing and takes its lock, before anything in it is looked at: two writers on one outbox
    /// are how stores are destroyed.
    pub fn hold(disk: Arc<dyn Disk>, path: &Path) -> Result<Self, StoreFault> {
        disk.make_folder(path).map_err(|fault| StoreFault::of_file("make", path, fault))?;
        match disk.lock(&path.join("station.lock")) {
            Ok(lock) => Ok(Self { path: path.to_owned(), disk, _lock: lock }),
            Err(fault) if fault.kind() == std::io::ErrorKind::WouldBlock => {
                Err(StoreFault::AlreadyOpen { path: path.to_owned() })
            }
            Err(fault) => Err(StoreFault::of_file("open", path, fault)),
        }
    }

    /// The disk that it is on.
    pub fn disk(&self) -> &dyn Disk {
        self.disk.as_ref()
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
        match self.disk.read(&path) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(fault) if fault.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(fault) => Err(StoreFault::of_file("read", &path, fault)),
        }
    }

    /// Replaces a private file whole: after a power cut there is either the one before or this one.
    pub fn replace(&self, name: &str, bytes: &[u8]) -> Result<(), StoreFault> {
        let path = self.file(name);
        let beside = self.file(&format!("{name}.part"));
        let written = self
            .disk
            .open(&beside, Opening::Afresh)
            .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync()))
            .and_then(|()| self.disk.rename(&beside, &path))
            .and_then(|()| self.disk.sync_folder(&self.path));
        written.map_err(|fault| StoreFault::of_file("write", &path, fault))
    }

    /// Puts a damaged database aside, with whatever SQLite keeps beside it, under a name that says when. Never deleted:
    /// what cannot be read today may be salvaged tomorrow.
    pub fn put_aside(&self, name: &str, wall_ms: i64) -> Result<PathBuf, StoreFault> {
        self.set_aside(name, &format!("damaged-{wall_ms}"))
    }

    /// Puts a file aside under a name that says why, with whatever SQLite keeps beside it.
    pub fn set_aside(&self, name: &str, label: &str) -> Result<PathBuf, StoreFault> {
        let aside = self.free_name(&format!("{name}.{label}"));
        for tail in ["", "-wal", "-shm"] {
            let from = self.file(&format!("{name}{tail}"));
            let to = PathBuf::from(format!("{}{tail}", aside.display()));
            if self.disk.exists(&from) {
                self.disk.rename(&from, &to).map_err(|fault| StoreFault::of_file("move", &from, fault))?;
            }
        }
        self.disk.sync_folder(&self.path).map_err(|fault| StoreFault::of_file("sync", &self.path, fault))?;
        Ok(aside)
    }

    /// A name that no file has yet.
    pub fn free_name(&self, wanted: &str) -> PathBuf {
        let mut name = self.file(wanted);
        let mut count = 1;
        while self.disk.exists(&name) {
            count += 1;
            name = self.file(&format!("{wanted}-{count}"));
        }
        name
    }
}
