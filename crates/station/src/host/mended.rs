//! What had to be mended when the stores were opened, for the screen.

use std::path::Path;

use cordwainer_protocol::station::DeviceHealth;
use cordwainer_protocol::{Message, MessageCode, Param};

use crate::engine::DISK;
use crate::store::{OpenReport, Recovery};

/// What had to be mended, as the health of the disk: a person must see it, also when it went well.
pub(super) fn health(report: &OpenReport, folder: &Path) -> Option<DeviceHealth> {
    let mended = |wanted: fn(&Recovery) -> Option<Message>| report.recoveries.iter().find_map(wanted);
    let message = if report.read_only {
        Some(Message::new(MessageCode::DiskReadOnly))
    } else if report.drain_only {
        Some(Message::new(MessageCode::DrainOnly))
    } else {
        // The worst first: what may be missing, then what was lost and found.
        mended(|recovery| match recovery {
            Recovery::JournalDamaged { last_good_seq, .. } => {
                let seq = Param::Number(last_good_seq.map_or(0, |seq| i64::try_from(seq).unwrap_or(i64::MAX)));
                Some(Message::new(MessageCode::JournalDamaged).with("seq", seq))
            }
            _ => None,
        })
        .or_else(|| {
            mended(|recovery| match recovery {
                Recovery::EnrolmentLost { .. } => Some(Message::new(MessageCode::EnrolmentLost)),
                Recovery::OutboxRebuilt { .. } => Some(Message::new(MessageCode::OutboxRebuilt)),
                Recovery::CacheRebuilt { .. } => Some(Message::new(MessageCode::CacheRebuilt)),
                _ => None,
            })
        })
    };
    let name = folder.display().to_string();
    Some(DeviceHealth { kind: DISK.to_owned(), name, ok: false, message: Some(message?), seen_at: None })
}
