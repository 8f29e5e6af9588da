//! The one window, and what WebKitGTK must be told.

use tauri::{AppHandle, WebviewUrl, WebviewWindow, WebviewWindowBuilder};

/// The window's label; commands from any other are refused.
pub const MAIN: &str = "main";

/// Opens the window.
///
/// # Errors
/// What Tauri says when a window cannot be made, such as a missing display.
pub fn open(app: &AppHandle, fullscreen: bool) -> tauri::Result<WebviewWindow> {
    let window = WebviewWindowBuilder::new(app, MAIN, WebviewUrl::App("index.html".into()))
        .title("Cordwainer · 履约")
        .inner_size(1280.0, 800.0)
        .min_inner_size(1024.0, 700.0)
        .fullscreen(fullscreen)
        .maximized(!fullscreen)
        .disable_drag_drop_handler()
        .build()?;
    tell_webkit(&window);
    Ok(window)
}

/// Chinese input needs the pre-edit that wry turns off; a long press or a right click must open nothing.
#[cfg(target_os = "linux")]
fn tell_webkit(window: &WebviewWindow) {
    use webkit2gtk::{InputMethodContextExt, WebViewExt};

    let told = window.with_webview(|webview| {
        let view = webview.inner();
        if let Some(context) = view.input_method_context() {
            context.set_enable_preedit(true);
        }
        view.connect_context_menu(|_, _, _, _| true);
    });
    if let Err(fault) = told {
        tracing::warn!(%fault, "the web view could not be reached; input methods may not show what is typed");
    }
}

#[cfg(not(target_os = "linux"))]
fn tell_webkit(_: &WebviewWindow) {}
