//! The simulated disk as a station's plain files see it: lock, journal, enrolment.

use std::any::Any;
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;

use cordwainer_station::store::{Disk, DiskFile, Opening};

use super::plan::Refused;
use super::platter::{Boot, SimDisk, find};
use super::vfs;

impl From<Refused> for io::Error {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Full => io::ErrorKind::StorageFull.into(),
            Refused::Error => Self::other("the device reports an error"),
            Refused::SyncLost => Self::other("the device could not keep what was written"),
            Refused::Off => Self::other("the power is off"),
        }
    }
}

fn name_on(path: &Path) -> io::Result<String> {
    find(path).map(|(_, name)| name).ok_or_else(|| io::ErrorKind::NotFound.into())
}

fn missing() -> io::Error {
    io::ErrorKind::NotFound.into()
}

impl Disk for SimDisk {
    fn make_folder(&self, _: &Path) -> io::Result<()> {
        Ok(self.boot().state().powered()?)
    }

    fn lock(&self, path: &Path) -> io::Result<Box<dyn Any + Send + Sync>> {
        let (boot, name) = (self.boot(), name_on(path)?);
        if !boot.state().hold(&name)? {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        Ok(Box::new(Held { boot, name }))
    }

    fn exists(&self, path: &Path) -> bool {
        name_on(path).is_ok_and(|name| self.boot().state().id_of(&name).is_some())
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        let (boot, name) = (self.boot(), name_on(path)?);
        let mut state = boot.state();
        state.powered()?;
        let id = state.id_of(&name).ok_or_else(missing)?;
        Ok(state.file(id).content.bytes().to_vec())
    }

    fn open(&self, path: &Path, how: Opening) -> io::Result<Box<dyn DiskFile>> {
        let (boot, name) = (self.boot(), name_on(path)?);
        let id = {
            let mut state = boot.state();
            let id = state.open(&name, true)?.ok_or_else(missing)?;
            if how == Opening::Afresh && state.file(id).content.length() > 0 {
                state.set_length(id, 0)?;
            }
            id
        };
        Ok(Box::new(Appending { boot, id }))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let (from, to) = (name_on(from)?, name_on(to)?);
        if self.boot().state().rename(&from, &to)? { Ok(()) } else { Err(missing()) }
    }

    fn copy(&self, from: &Path, to: &Path) -> io::Result<()> {
        let bytes = self.read(from)?;
        self.open(to, Opening::Afresh)?.write_all(&bytes)
    }

    fn sync_folder(&self, _: &Path) -> io::Result<()> {
        Ok(self.boot().state().sync_names()?)
    }

    fn vfs(&self) -> Option<&str> {
        Some(vfs::name())
    }
}

struct Held {
    boot: Arc<Boot>,
    name: String,
}

impl Drop for Held {
    fn drop(&mut self) {
        self.boot.state().let_go(&self.name);
    }
}

/// A file that grows at its end.
struct Appending {
    boot: Arc<Boot>,
    id: u64,
}

impl std::fmt::Debug for Appending {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Appending").field("id", &self.id).finish_non_exhaustive()
    }
}

impl Write for Appending {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut state = self.boot.state();
        let end = state.file(self.id).content.length();
        state.write(self.id, end, bytes)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl DiskFile for Appending {
    fn sync(&mut self) -> io::Result<()> {
        Ok(self.boot.state().sync(self.id)?)
    }

    fn length(&self) -> io::Result<u64> {
        Ok(self.boot.state().file(self.id).content.length() as u64)
    }

    fn cut(&mut self, length: u64) -> io::Result<()> {
        let length = usize::try_from(length).map_err(io::Error::other)?;
        Ok(self.boot.state().set_length(self.id, length)?)
    }
}
