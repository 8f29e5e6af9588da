//! Command cards: what a worker can say with the scanner alone.
//!
//! The bodies are fixed for ever, because printed cards outlive software.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Code, CodeType};

/// What a command card says.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// 完成: sign the running job off, also when it is surprisingly early.
    Finish,
    /// 暂停·缺料.
    PauseMaterial,
    /// 暂停·设备.
    PauseMachine,
    /// 暂停·休息.
    PauseBreak,
    /// 撤销: take the last move back.
    Undo,
    /// 合格: the inspected pair passes.
    Pass,
    /// 不合格: the inspected pair fails; the defect follows.
    Fail,
    /// 返工: send back as rework.
    Rework,
    /// 缺料.
    MaterialShort,
    /// 求助.
    Help,
    /// 语言: the other language.
    Language,
    /// 锁定.
    Lock,
    /// 签退: badge out.
    SignOut,
    /// 确认.
    Confirm,
}

impl Command {
    /// Every command with the body of its card.
    pub const CARDS: [(Self, &'static str); 14] = [
        (Self::Finish, "0000001"),
        (Self::PauseMaterial, "0000002"),
        (Self::PauseMachine, "0000003"),
        (Self::PauseBreak, "0000004"),
        (Self::Undo, "0000005"),
        (Self::Pass, "0000006"),
        (Self::Fail, "0000007"),
        (Self::Rework, "0000008"),
        (Self::MaterialShort, "0000009"),
        (Self::Help, "000000A"),
        (Self::Language, "000000B"),
        (Self::Lock, "000000C"),
        (Self::SignOut, "000000D"),
        (Self::Confirm, "000000E"),
    ];

    /// The command on a card, if the code is a card of ours.
    pub fn read(code: &Code) -> Option<Self> {
        if code.kind() != CodeType::Command {
            return None;
        }
        Self::CARDS.into_iter().find(|(_, body)| *body == code.body()).map(|(command, _)| command)
    }
}

/// The code printed on a command's card.
///
/// # Errors
/// Never for the table above, whose bodies a test checks; the type says so rather than a panic.
pub fn command_code(command: Command) -> Result<Code, super::CodeFault> {
    let body = Command::CARDS.into_iter().find(|(known, _)| *known == command).map_or("", |(_, body)| body);
    Code::from_body(CodeType::Command, body)
}
