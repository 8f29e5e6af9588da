//! Files of backups: written for their owner alone, synced, hashed, listed.

use std::fs::{self, File, OpenOptions};
use std::io::{BufRead, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use chrono::{DateTime, NaiveDateTime, Utc};
use sha2::{Digest, Sha256};
use tokio::sync::mpsc::{Receiver, Sender};

use super::{BackupFault, Manifest, ManifestFile, PREFIX};

/// How a moment stands in a folder's name.
const STAMP: &str = "%Y%m%dT%H%M%SZ";

/// The folder of a backup of this moment.
pub(super) fn folder_name(at: DateTime<Utc>) -> String {
    format!("{PREFIX}{}", at.format(STAMP))
}

/// The backups in a folder, by the moment in their names. Unfinished ones have other names.
pub(super) fn list(folder: &Path) -> Result<Vec<DateTime<Utc>>, BackupFault> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(BackupFault::file(folder))? {
        let name = entry.map_err(BackupFault::file(folder))?.file_name();
        let stamp = name.to_str().and_then(|name| name.strip_prefix(PREFIX));
        if let Some(at) = stamp.and_then(|stamp| NaiveDateTime::parse_from_str(stamp, STAMP).ok()) {
            found.push(at.and_utc());
        }
    }
    found.sort_unstable();
    Ok(found)
}

/// Makes a folder that only its owner may open; its parents as they come.
pub(super) fn make_private_folder(path: &Path) -> Result<(), BackupFault> {
    if path.exists() {
        return Err(BackupFault::Exists(path.to_owned()));
    }
    fs::create_dir_all(path).map_err(BackupFault::file(path))?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(path, fs::Permissions::from_mode(0o700)).map_err(BackupFault::file(path))?;
    }
    Ok(())
}

fn create(path: &Path) -> Result<File, BackupFault> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map_err(BackupFault::file(path))
}

/// Writes a file and syncs it.
pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<(), BackupFault> {
    let mut file = create(path)?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(BackupFault::file(path))
}

/// Writes lines as they come and syncs the file.
pub(super) fn write_lines(path: &Path, mut lines: Receiver<String>) -> Result<(), BackupFault> {
    let mut file = BufWriter::new(create(path)?);
    while let Some(line) = lines.blocking_recv() {
        file.write_all(line.as_bytes()).and_then(|()| file.write_all(b"\n")).map_err(BackupFault::file(path))?;
    }
    file.flush().and_then(|()| file.get_ref().sync_all()).map_err(BackupFault::file(path))
}

/// Hands out the lines of a file.
pub(super) fn read_lines(path: &Path, lines: &Sender<String>) -> Result<(), BackupFault> {
    let file = File::open(path).map_err(BackupFault::file(path))?;
    for line in BufReader::new(file).lines() {
        let line = line.map_err(BackupFault::file(path))?;
        if lines.blocking_send(line).is_err() {
            // Whoever takes them has stopped, and says why.
            break;
        }
    }
    Ok(())
}

/// What a manifest says of a file.
pub(super) fn describe(folder: &Path, name: &str) -> Result<ManifestFile, BackupFault> {
    let path = folder.join(name);
    let mut file = File::open(&path).map_err(BackupFault::file(&path))?;
    let (mut hasher, mut bytes, mut buffer) = (Sha256::new(), 0, vec![0; 256 * 1024]);
    loop {
        let read = file.read(&mut buffer).map_err(BackupFault::file(&path))?;
        if read == 0 {
            break;
        }
        hasher.update(&buffer[..read]);
        bytes += read as u64;
    }
    Ok(ManifestFile { name: name.to_owned(), bytes, sha256: hex::encode(hasher.finalize()) })
}

/// Makes sure that names in a folder are on the disk.
pub(super) fn sync_folder(path: &Path) -> Result<(), BackupFault> {
    if cfg!(unix) {
        File::open(path).and_then(|folder| folder.sync_all()).map_err(BackupFault::file(path))?;
    }
    Ok(())
}

/// Compares every file of a backup with its manifest.
pub(super) fn check(folder: &Path, manifest: &Manifest) -> Result<(), BackupFault> {
    for due in &manifest.files {
        if describe(folder, &due.name)? != *due {
            return Err(BackupFault::BadBackup(format!("{} is not what the manifest says", due.name)));
        }
    }
    Ok(())
}

/// Copies a finished backup into another folder and compares it there.
pub(super) fn copy(backup: &Path, manifest: &Manifest, names: &[&str], to: &Path) -> Result<PathBuf, BackupFault> {
    let name = backup.file_name().unwrap_or_default();
    let (part, done) = (to.join(format!(".{}.part", name.to_string_lossy())), to.join(name));
    if done.exists() {
        return Err(BackupFault::Exists(done));
    }
    if part.exists() {
        fs::remove_dir_all(&part).map_err(BackupFault::file(&part))?;
    }
    make_private_folder(&part)?;
    for name in names {
        fs::copy(backup.join(name), part.join(name)).map_err(BackupFault::file(&part))?;
    }
    check(&part, manifest)?;
    fs::rename(&part, &done).map_err(BackupFault::file(&done))?;
    sync_folder(to)?;
    Ok(done)
}
