//! The disk under a station's folder. [`SystemDisk`] is the machine's own; the fault tests bring one that loses power.

use std::any::Any;
use std::fmt::Debug;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::Path;

/// What a station asks of its disk beside SQLite.
pub trait Disk: Debug + Send + Sync {
    /// Makes a folder and what is above it, if they are missing.
    ///
    /// # Errors
    /// What the system says.
    fn make_folder(&self, path: &Path) -> io::Result<()>;
    /// Takes a file's lock, until what is answered is dropped.
    ///
    /// # Errors
    /// [`io::ErrorKind::WouldBlock`] when somebody else has it; else what the system says.
    fn lock(&self, path: &Path) -> io::Result<Box<dyn Any + Send + Sync>>;
    /// Whether there is such a file.
    fn exists(&self, path: &Path) -> bool;
    /// Everything that a file holds.
    ///
    /// # Errors
    /// [`io::ErrorKind::NotFound`] when there is none; else what the system says.
    fn read(&self, path: &Path) -> io::Result<Vec<u8>>;
    /// Opens a file that only its owner may read, making it if it is missing.
    ///
    /// # Errors
    /// What the system says.
    fn open(&self, path: &Path, how: Opening) -> io::Result<Box<dyn DiskFile>>;
    /// Gives a file another name, in place of what had it.
    ///
    /// # Errors
    /// What the system says.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Copies a file.
    ///
    /// # Errors
    /// What the system says.
    fn copy(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Makes new and changed names in a folder durable.
    ///
    /// # Errors
    /// What the system says.
    fn sync_folder(&self, path: &Path) -> io::Result<()>;
    /// The name under which SQLite knows this disk, if it is not the machine's own.
    fn vfs(&self) -> Option<&str> {
        None
    }
}

/// What becomes of what a file held.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Opening {
    /// It is gone.
    Afresh,
    /// It stays, and what is written comes behind it.
    Append,
}

/// An open file.
pub trait DiskFile: Debug + Send + Write {
    /// Waits until the disk has what was written.
    ///
    /// # Errors
    /// What the system says; what was written since the last success may be lost.
    fn sync(&mut self) -> io::Result<()>;
    /// Bytes so far.
    ///
    /// # Errors
    /// What the system says.
    fn length(&self) -> io::Result<u64>;
    /// Leaves out what is behind a place.
    ///
    /// # Errors
    /// What the system says.
    fn cut(&mut self, length: u64) -> io::Result<()>;
}

/// The machine's disk.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemDisk;

impl Disk for SystemDisk {
    fn make_folder(&self, path: &Path) -> io::Result<()> {
        fs::create_dir_all(path)
    }

    fn lock(&self, path: &Path) -> io::Result<Box<dyn Any + Send + Sync>> {
        let file = open_private(path, OpenOptions::new().read(true).write(true).create(true).truncate(false))?;
        match file.try_lock() {
            Ok(()) => Ok(Box::new(file)),
            Err(TryLockError::WouldBlock) => Err(io::ErrorKind::WouldBlock.into()),
            Err(TryLockError::Error(fault)) => Err(fault),
        }
    }

    fn exists(&self, path: &Path) -> bool {
        path.exists()
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        fs::read(path)
    }

    fn open(&self, path: &Path, how: Opening) -> io::Result<Box<dyn DiskFile>> {
        let mut options = OpenOptions::new();
        match how {
            Opening::Afresh => options.write(true).create(true).truncate(true),
            Opening::Append => options.append(true).create(true),
        };
        Ok(Box::new(open_private(path, &mut options)?))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn copy(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::copy(from, to).map(|_| ())
    }

    // Windows has no such call and needs none.
    fn sync_folder(&self, path: &Path) -> io::Result<()> {
        if cfg!(unix) { File::open(path)?.sync_all() } else { Ok(()) }
    }
}

impl DiskFile for File {
    fn sync(&mut self) -> io::Result<()> {
        self.sync_data()
    }

    fn length(&self) -> io::Result<u64> {
        Ok(self.metadata()?.len())
    }

    fn cut(&mut self, length: u64) -> io::Result<()> {
        self.set_len(length)
    }
}

/// Opens a file that only its owner may read.
fn open_private(path: &Path, options: &mut OpenOptions) -> io::Result<File> {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options.open(path)
}
