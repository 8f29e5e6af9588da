//! The one window, and what WebKitGTK must be told.

use tauri::{AppHandle, Url, WebviewUrl, WebviewWindow, WebviewWindowBuilder};

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
        .on_navigation(is_our_page)
        .build()?;
    tell_webkit(&window);
    Ok(window)
}

/// Whether the window may go there: only to the page that it came with. A link in an order's note leads nowhere.
fn is_our_page(url: &Url) -> bool {
    match url.scheme() {
        "tauri" => url.host_str() == Some("localhost"),
        "http" | "https" => url.host_str() == Some("tauri.localhost") && url.port().is_none(),
        // An empty page belongs to nobody; the driver of the end-to-end tests begins there.
        "about" => url.path() == "blank",
        _ => false,
    }
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

#[cfg(test)]
mod tests {
    use super::is_our_page;

    #[test]
    fn the_window_goes_to_its_own_page_and_nowhere_else() {
        for own in ["tauri://localhost/index.html", "http://tauri.localhost/", "https://tauri.localhost/index.html"] {
            assert!(is_our_page(&own.parse().unwrap()), "{own} is the page that the app came with");
        }
        for foreign in [
            "https://example.com/",
            "http://localhost:1420/",
            "http://tauri.localhost:8080/",
            "http://tauri.localhost.example.com/",
            "tauri://elsewhere/",
            "file:///etc/passwd",
            "data:text/html,hello",
            "javascript:alert(1)",
            "about:config",
        ] {
            assert!(!is_our_page(&foreign.parse().unwrap()), "{foreign} is not");
        }
    }
}
