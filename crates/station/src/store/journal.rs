//! The sidecar journal: actions as framed lines beside the database, synced before it. It is the only thing that saves
//! unsent work when `outbox.db` itself is damaged.
//!
//! A frame is a mark, a length, a truncated SHA-256 and JSON. The mark holds a byte that JSON never does, so that a reader
//! finds the next good frame behind a bad one.

use std::collections::BTreeMap;
use std::path::PathBuf;

use cordwainer_domain::ActionId;
use cordwainer_fail_points::{Point, fail_point};
use cordwainer_sync::{Signature, body_hash, read_header};
use serde::{Deserialize, Serialize};

use super::disk::{DiskFile, Opening};
use super::fault::StoreFault;
use super::folder::Folder;

pub(super) const FILE: &str = "outbox.journal";
const MARK: [u8; 4] = [0xFF, b'C', b'W', b'1'];
const DIGEST_BYTES: usize = 8;
const HEAD_BYTES: usize = MARK.len() + 4 + DIGEST_BYTES;

/// An action as the journal keeps it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub(super) struct JournalAction {
    /// Canonical bytes.
    pub body: String,
    /// Signature over them.
    pub sig: Signature,
}

/// One line of the journal. The actions of a frame were recorded together.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "frame", rename_all = "snake_case")]
pub(super) enum Frame {
    /// About to be committed.
    Recorded {
        /// Life of the outbox, hexadecimal.
        incarnation: String,
        /// What.
        actions: Vec<JournalAction>,
    },
    /// The commit failed and the worker was told so.
    Aborted {
        /// Which.
        actions: Vec<ActionId>,
    },
}

/// What a journal still vouches for.
#[derive(Default, Debug)]
pub(super) struct Replay {
    /// Actions that were not aborted, oldest first, each with the life it was recorded in.
    pub actions: Vec<(ActionId, String, JournalAction)>,
    /// Bytes that belong to no good frame.
    pub skipped_bytes: usize,
    /// The last action before the first damage.
    pub last_good: Option<ActionId>,
    /// The bad file, if its damage was more than a torn tail.
    pub aside: Option<PathBuf>,
}

/// The open file.
#[derive(Debug)]
pub(super) struct Journal {
    file: Box<dyn DiskFile>,
    path: PathBuf,
    length: u64,
    /// An append failed and could not be taken back: whatever follows could not be told from it.
    broken: bool,
}

impl Journal {
    /// Reads what is there and opens it for more. A torn tail is cut off; other damage is kept aside and written anew.
    pub fn open(folder: &Folder, wall_ms: i64) -> Result<(Self, Replay), StoreFault> {
        let bytes = folder.read(FILE)?.unwrap_or_default();
        let scan = scan(&bytes);
        let skipped_bytes = bytes.len() - scan.good_bytes;
        let last_good = if skipped_bytes > 0 { last_of(&scan.frames[..scan.intact]) } else { None };
        let mut replay = Replay { skipped_bytes, last_good, ..gather(&scan.frames) };
        if scan.end > scan.good_bytes {
            // On a full disk the bad bytes stay for now; a reader finds its way around them.
            replay.aside = write_anew(folder, &scan.frames, wall_ms)
                .inspect_err(|fault| tracing::warn!(%fault, "the damaged journal stays as it is"))
                .ok();
        }
        let mut journal = Self::append_to(folder)?;
        if scan.end < bytes.len() && replay.aside.is_none() {
            journal.cut(scan.end as u64)?;
        }
        Ok((journal, replay))
    }

    fn cut(&mut self, length: u64) -> Result<(), StoreFault> {
        let cut = self.file.cut(length).and_then(|()| self.file.sync());
        cut.map_err(|fault| StoreFault::of_file("cut", &self.path, fault))?;
        self.length = length;
        Ok(())
    }

    fn append_to(folder: &Folder) -> Result<Self, StoreFault> {
        let path = folder.file(FILE);
        let opened = folder.disk().open(&path, Opening::Append).and_then(|file| {
            folder.disk().sync_folder(folder.path())?;
            Ok((file.length()?, file))
        });
        let (length, file) = opened.map_err(|fault| StoreFault::of_file("open", &path, fault))?;
        Ok(Self { file, path, length, broken: false })
    }

    /// Writes a frame and waits until the disk has it. On failure the file is as it was.
    pub fn append(&mut self, frame: &Frame) -> Result<(), StoreFault> {
        if self.broken {
            let detail = "the journal could not be repaired; restart the program".to_owned();
            return Err(StoreFault::NotRecorded { detail });
        }
        let bytes = frame_bytes(frame)?;
        let written = self.file.write_all(&bytes).and_then(|()| {
            fail_point(Point::JournalWritten);
            self.file.sync()
        });
        if let Err(fault) = written {
            self.broken = self.cut(self.length).is_err();
            return Err(StoreFault::of_file("write", &self.path, fault));
        }
        self.length += bytes.len() as u64;
        Ok(())
    }

    /// Takes back the frame of actions whose commit failed: by a frame that says so, or, where a full disk has no room for
    /// one, by cutting the file.
    pub fn abort(&mut self, actions: Vec<ActionId>, length_before: u64) {
        if self.append(&Frame::Aborted { actions }).is_ok() {
            return;
        }
        if let Err(fault) = self.cut(length_before) {
            tracing::error!(%fault, "the journal keeps an action that was reported as not recorded");
            self.broken = true;
        }
    }

    /// Bytes so far.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// Leaves out what need not be kept any longer, and what was taken back.
    pub fn leave_out(&mut self, folder: &Folder, is_due: impl Fn(ActionId) -> bool) -> Result<(), StoreFault> {
        let scan = scan(&folder.read(FILE)?.unwrap_or_default());
        let mut frames: Vec<Frame> = Vec::new();
        for (_, life, action) in gather(&scan.frames).actions.into_iter().filter(|(id, ..)| !is_due(*id)) {
            match frames.last_mut() {
                Some(Frame::Recorded { incarnation, actions }) if *incarnation == life => actions.push(action),
                _ => frames.push(Frame::Recorded { incarnation: life, actions: vec![action] }),
            }
        }
        folder.replace(FILE, &written(&frames)?)?;
        // This handle is of the file that was replaced: nothing may be written to it any more.
        self.broken = true;
        *self = Self::append_to(folder)?;
        Ok(())
    }
}

/// Keeps a copy of a journal that is damaged inside, and leaves the good frames in its place.
fn write_anew(folder: &Folder, frames: &[Frame], wall_ms: i64) -> Result<PathBuf, StoreFault> {
    let aside = folder.file(&format!("{FILE}.damaged-{wall_ms}"));
    let copied = folder.disk().copy(&folder.file(FILE), &aside);
    copied.map_err(|fault| StoreFault::of_file("copy", &aside, fault))?;
    folder.replace(FILE, &written(frames)?)?;
    Ok(aside)
}

struct Scan {
    frames: Vec<Frame>,
    /// Bytes inside good frames.
    good_bytes: usize,
    /// Where the last good frame ends.
    end: usize,
    /// How many frames stand before the first damage.
    intact: usize,
}

fn scan(bytes: &[u8]) -> Scan {
    let mut found = Scan { frames: Vec::new(), good_bytes: 0, end: 0, intact: 0 };
    let mut at = 0;
    while at < bytes.len() {
        if let Some((frame, length)) = frame_at(&bytes[at..]) {
            found.frames.push(frame);
            found.intact += usize::from(found.good_bytes == at);
            found.good_bytes += length;
            at += length;
            found.end = at;
        } else {
            at += 1 + bytes[at + 1..].iter().position(|byte| *byte == MARK[0]).unwrap_or(bytes.len());
        }
    }
    found
}

fn frame_at(bytes: &[u8]) -> Option<(Frame, usize)> {
    let head = bytes.get(..HEAD_BYTES)?;
    let (mark, rest) = head.split_at(MARK.len());
    let (length, digest) = rest.split_at(4);
    if mark != MARK {
        return None;
    }
    let length = u32::from_le_bytes(length.try_into().ok()?) as usize;
    let payload = bytes.get(HEAD_BYTES..HEAD_BYTES.checked_add(length)?)?;
    if body_hash(payload).as_bytes()[..DIGEST_BYTES] != *digest {
        return None;
    }
    Some((serde_json::from_slice(payload).ok()?, HEAD_BYTES + length))
}

fn frame_bytes(frame: &Frame) -> Result<Vec<u8>, StoreFault> {
    let not_recorded = |detail: String| StoreFault::NotRecorded { detail };
    let payload = serde_json::to_vec(frame).map_err(|fault| not_recorded(fault.to_string()))?;
    let length = u32::try_from(payload.len()).map_err(|fault| not_recorded(fault.to_string()))?;
    Ok([&MARK[..], &length.to_le_bytes(), &body_hash(&payload).as_bytes()[..DIGEST_BYTES], &payload].concat())
}

fn written(frames: &[Frame]) -> Result<Vec<u8>, StoreFault> {
    Ok(frames.iter().map(frame_bytes).collect::<Result<Vec<_>, _>>()?.concat())
}

fn last_of(frames: &[Frame]) -> Option<ActionId> {
    let recorded = frames.iter().rev().find_map(|frame| match frame {
        Frame::Recorded { actions, .. } => actions.last(),
        Frame::Aborted { .. } => None,
    })?;
    read_header(recorded.body.as_bytes()).ok().map(|header| header.action_id)
}

fn gather(frames: &[Frame]) -> Replay {
    let mut order: Vec<(ActionId, String, JournalAction)> = Vec::new();
    let mut place: BTreeMap<ActionId, usize> = BTreeMap::new();
    let mut aborted = Vec::new();
    for frame in frames {
        match frame {
            Frame::Recorded { incarnation, actions } => {
                for action in actions {
                    // Bytes that passed their checksum and are no action were written by a later version; they stay in the file.
                    let Ok(header) = read_header(action.body.as_bytes()) else { continue };
                    place.insert(header.action_id, order.len());
                    order.push((header.action_id, incarnation.clone(), action.clone()));
                }
            }
            Frame::Aborted { actions } => aborted.extend(actions.iter().filter_map(|id| place.remove(id))),
        }
    }
    aborted.sort_unstable();
    let mut index = 0;
    order.retain(|(id, ..)| {
        let keep = aborted.binary_search(&index).is_err() && place.get(id) == Some(&index);
        index += 1;
        keep
    });
    Replay { actions: order, ..Replay::default() }
}
