//! The one command that the web view may call. Everything is decided in Rust; the web view is not trusted.

use cordwainer_protocol::station::{Command, RpcFailure, RpcReply};
use cordwainer_protocol::{Message, MessageCode};
use tauri::{State, WebviewWindow};

use crate::app::App;
use crate::window::MAIN;

/// Passes a command of the screens to the station engine.
#[tauri::command]
pub async fn rpc(window: WebviewWindow, app: State<'_, App>, command: Command) -> Result<RpcReply, RpcFailure> {
    if window.label() != MAIN {
        return Err(RpcFailure { message: Message::new(MessageCode::Unsupported) });
    }
    app.call(command).await
}
