//! The real window, driven through WebKitWebDriver as a person would: tap, read, look. Nothing is called behind the
//! screen's back.

use std::fmt::Display as Words;
use std::fs;
use std::future::Future;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::Command;

use fantoccini::actions::{InputSource, KeyAction, KeyActions, MOUSE_BUTTON_LEFT, MouseActions, PointerAction};
use fantoccini::elements::Element;
use fantoccini::error::CmdError;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};

use crate::display::Display;
use crate::port::free_port;
use crate::process::Process;
use crate::wait;

/// The sizes at which every main screen is looked at: a small touch panel, and a wall monitor.
pub const SIZES: [(u32, u32); 2] = [(1280, 800), (1920, 1080)];

/// More than this is no bar around a view, but a window that has not taken its size yet. Chromium's take 143 dots.
const BARS_MAX: u32 = 160;

/// What the app is started with.
#[derive(Clone, Debug)]
pub struct App {
    /// The program.
    pub program: PathBuf,
    /// Its arguments.
    pub arguments: Vec<String>,
    /// Variables beyond those that let a driver in.
    pub environment: Vec<(String, String)>,
}

/// An open window. Its app and its driver end when this value goes.
pub struct Window {
    client: Option<Client>,
    runtime: Runtime,
    driver: Process,
    /// What a browser writes, thrown away with it.
    _profile: Option<TempDir>,
}

/// What a browser without a display is started with; the rest keeps it from calling its maker.
const BROWSER_ARGUMENTS: [&str; 9] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1280,800",
];

impl Window {
    /// Opens the app's window on a display.
    ///
    /// # Panics
    /// When there is no window within the usual patience.
    #[track_caller]
    pub fn open(display: &Display, app: &App) -> Self {
        let port = free_port();
        let mut command = Command::new("WebKitWebDriver");
        command.args([format!("--port={port}"), "--host=127.0.0.1".to_owned()]);
        command.env("DISPLAY", display.name()).env_remove("WAYLAND_DISPLAY");
        command.env("TAURI_AUTOMATION", "true").env("TAURI_WEBVIEW_AUTOMATION", "true");
        // No accessibility bus: looking for one costs a second at every start.
        command.env("NO_AT_BRIDGE", "1").env("GTK_A11Y", "none");
        command.envs(app.environment.iter().map(|(key, value)| (key, value)));
        let options = json!({ "binary": app.program, "args": app.arguments });
        Self::drive(&command, port, ("webkitgtk:browserOptions", options), None)
    }

    /// Opens a page in Chromium, without a display: what the office sits at.
    ///
    /// # Panics
    /// When there is no page within the usual patience.
    #[track_caller]
    pub fn browse(address: &str) -> Self {
        let port = free_port();
        let mut command = Command::new("chromedriver");
        command.args([format!("--port={port}")]);
        let profile = tempfile::tempdir().expect("a folder for the browser");
        let own = format!("--user-data-dir={}", profile.path().display());
        let arguments: Vec<&str> = BROWSER_ARGUMENTS.into_iter().chain([own.as_str()]).collect();
        let window = Self::drive(&command, port, ("goog:chromeOptions", json!({ "args": arguments })), Some(profile));
        window.go_to(address);
        window
    }

    #[track_caller]
    fn drive(command: &Command, port: u16, (key, options): (&str, Value), profile: Option<TempDir>) -> Self {
        let driver = Process::start("the window's driver", command);
        wait::until("the window's driver", || TcpStream::connect(("127.0.0.1", port)));
        let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime for the driver's client");
        let capabilities = [(key.to_owned(), options)].into_iter().collect();
        let address = format!("http://127.0.0.1:{port}");
        let mut builder = ClientBuilder::new(HttpConnector::new());
        let connected = runtime.block_on(builder.capabilities(capabilities).connect(&address));
        let client = connected
            .unwrap_or_else(|error| panic!("no window was opened: {error}\n{}", driver.complaints().join("\n")));
        Self { client: Some(client), runtime, driver, _profile: profile }
    }

    fn client(&self) -> &Client {
        self.client.as_ref().expect("the window is open until it is dropped")
    }

    fn ask<T>(&self, asked: impl Future<Output = Result<T, CmdError>>) -> Result<T, CmdError> {
        self.runtime.block_on(asked)
    }

    /// The page that is loaded.
    ///
    /// # Panics
    /// When the window is gone.
    #[track_caller]
    pub fn address(&self) -> String {
        self.ask(self.client().current_url()).expect("the window has a page").to_string()
    }

    /// Loads a page. The app never needs it; a test of this harness does.
    ///
    /// # Panics
    /// When it does not load.
    #[track_caller]
    pub fn go_to(&self, address: &str) {
        self.ask(self.client().goto(address)).expect("the page loads");
    }

    fn find(&self, css: &str) -> Result<Element, CmdError> {
        self.ask(self.client().find(Locator::Css(css)))
    }

    /// Taps what the selector names, as soon as it can be tapped.
    ///
    /// # Panics
    /// When it cannot be.
    #[track_caller]
    pub fn tap(&self, css: &str) {
        wait::until(format_args!("{css} to tap{}", self.sight()), || {
            let element = self.find(css)?;
            if !self.ask(element.is_enabled())? {
                return Err(CmdError::NotJson("it is disabled".to_owned()));
            }
            self.ask(element.click())
        });
    }

    /// Grips what the selector names in its middle and pulls it by so many pixels.
    ///
    /// # Panics
    /// When there is nothing to grip.
    #[track_caller]
    pub fn drag(&self, css: &str, (right, down): (i64, i64)) {
        let element = self.find(css).unwrap_or_else(|error| panic!("{css} to drag: {error}{}", self.sight()));
        let begin = PointerAction::MoveToElement { element, duration: None, x: 0.0, y: 0.0 };
        let pull = || PointerAction::MoveBy { duration: None, x: right as f64 / 2.0, y: down as f64 / 2.0 };
        let hand = MouseActions::new("hand".to_owned())
            .then(begin)
            .then(PointerAction::Down { button: MOUSE_BUTTON_LEFT })
            .then(pull())
            .then(pull())
            .then(PointerAction::Up { button: MOUSE_BUTTON_LEFT });
        self.ask(self.client().perform_actions(hand)).expect("the window takes a mouse");
    }

    /// Presses keys, one after the other, wherever the focus is.
    ///
    /// # Panics
    /// When the window takes no keys.
    #[track_caller]
    pub fn type_keys(&self, text: &str) {
        let mut keys = KeyActions::new("keyboard".to_owned());
        for value in text.chars() {
            keys = keys.then(KeyAction::Down { value }).then(KeyAction::Up { value });
        }
        self.ask(self.client().perform_actions(keys)).expect("the window takes keys");
    }

    /// Whether something on the page answers to the selector now.
    pub fn shows(&self, css: &str) -> bool {
        self.find(css).is_ok()
    }

    /// Waits until something answers to the selector.
    ///
    /// # Panics
    /// When nothing does.
    #[track_caller]
    pub fn wait_for(&self, css: &str) {
        wait::until(format_args!("{css} on the screen"), || self.find(css).map(drop));
    }

    /// Waits until nothing answers to the selector any more.
    ///
    /// # Panics
    /// When something still does.
    #[track_caller]
    pub fn wait_until_gone(&self, css: &str) {
        wait::until(format_args!("{css} to go"), || if self.shows(css) { Err("it is there") } else { Ok(()) });
    }

    /// The text as it is shown, now. The page is asked itself: the driver's own idea of what is visible leaves out what
    /// lies in a box that clips.
    fn shown_text(&self, css: &str) -> Result<String, String> {
        let script = "const found = document.querySelector(arguments[0]); return found && found.innerText";
        match self.ask(self.client().execute(script, vec![css.into()])) {
            Ok(Value::String(text)) => Ok(text),
            Ok(_) => Err("it is not on the page".to_owned()),
            Err(error) => Err(error.to_string()),
        }
    }

    /// The text as it is shown.
    ///
    /// # Panics
    /// When there is no such thing on the page.
    #[track_caller]
    pub fn text(&self, css: &str) -> String {
        wait::until(format_args!("the text of {css}"), || self.shown_text(css))
    }

    /// Waits until the text shown passes, and gives it.
    ///
    /// # Panics
    /// When it never does, with the text that is there.
    #[track_caller]
    pub fn wait_for_text(&self, css: &str, what: impl Words, mut passes: impl FnMut(&str) -> bool) -> String {
        wait::until(format_args!("{css} to say {what}"), || match self.shown_text(css) {
            Ok(text) if passes(&text) => Ok(text),
            Ok(text) => Err(format!("{text:?}")),
            Err(error) => Err(error),
        })
    }

    /// An attribute, now.
    pub fn attribute(&self, css: &str, name: &str) -> Option<String> {
        let element = self.find(css).ok()?;
        self.ask(element.attr(name)).ok().flatten()
    }

    /// Waits until an attribute passes, and gives it.
    ///
    /// # Panics
    /// When it never does, with what is there.
    #[track_caller]
    pub fn wait_for_attribute(&self, css: &str, name: &str, mut passes: impl FnMut(&str) -> bool) -> String {
        wait::until(format_args!("{name} of {css}"), || match self.attribute(css, name) {
            Some(value) if passes(&value) => Ok(value),
            other => Err(format!("{other:?}")),
        })
    }

    /// How many things answer to the selector.
    ///
    /// # Panics
    /// When the window is gone.
    #[track_caller]
    pub fn count(&self, css: &str) -> usize {
        self.ask(self.client().find_all(Locator::Css(css))).expect("the window answers").len()
    }

    /// What a script returns. For looking only: a story never acts through it.
    ///
    /// # Panics
    /// When the script fails.
    #[track_caller]
    pub fn look(&self, script: &str, arguments: Vec<Value>) -> Value {
        self.ask(self.client().execute(script, arguments)).expect("the page answers the script")
    }

    /// Gives the page's view a size, whatever bars the window has around it.
    ///
    /// # Panics
    /// When the window does not take it.
    #[track_caller]
    pub fn resize(&self, (width, height): (u32, u32)) {
        let mut asked = (width, height);
        let mut answered_to = None;
        wait::until(format_args!("a view of {width} × {height}"), || {
            if answered_to != Some(asked) {
                self.keep_painting();
                self.ask(self.client().set_window_rect(0, 0, asked.0, asked.1)).map_err(|error| error.to_string())?;
                answered_to = Some(asked);
            }
            let seen = self.look("return [window.innerWidth, window.innerHeight]", Vec::new());
            let [seen_width, seen_height] = [0, 1].map(|index| seen[index].as_u64().unwrap_or(0) as u32);
            if (seen_width, seen_height) == (width, height) {
                return Ok(());
            }
            // A view that is a bar's height too small is given that much more.
            let short = |wanted: u32, seen: u32| wanted + wanted.saturating_sub(seen).min(BARS_MAX);
            if wait_is_for_bars((width, height), (seen_width, seen_height)) {
                asked = (short(width, seen_width), short(height, seen_height));
            }
            Err(format!("{seen}, having asked for {asked:?}"))
        });
    }

    /// Keeps a page painting for a moment that would otherwise stand still: the driver answers some commands only with the
    /// next frame, and a screen on which nothing moves has none before its clock's next minute.
    fn keep_painting(&self) {
        let script = "let left = 200; const root = document.documentElement; \
                      const frame = () => { root.style.opacity = left % 2 ? '0.9999' : ''; \
                      if (left-- > 0) requestAnimationFrame(frame); }; requestAnimationFrame(frame)";
        self.look(script, Vec::new());
    }

    /// A picture of the page as it is painted, as PNG. Gives the path back, for the report.
    ///
    /// # Panics
    /// When it cannot be taken or kept.
    #[track_caller]
    pub fn screenshot(&self, path: &Path) -> PathBuf {
        self.keep_painting();
        let png = self.ask(self.client().screenshot()).expect("the window can be photographed");
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).expect("a folder for pictures");
        }
        fs::write(path, png).expect("room for a picture");
        path.to_owned()
    }

    /// Ends the app with a signal that cannot be caught, as a power cut would, and its driver with it.
    pub fn cut_power(mut self) {
        self.client = None;
        self.driver.kill();
    }

    /// Process ids of the app's whole family: the app itself, and the engine's processes.
    pub fn family(&self) -> Vec<u32> {
        descendants(self.driver.id())
    }

    /// What is on the page now, for the report of a failure.
    pub fn sight(&self) -> String {
        let script = "return document.body ? document.body.innerText.slice(0, 600) : ''";
        match self.ask(self.client().execute(script, Vec::new())) {
            Ok(Value::String(text)) => format!(" (the page says {text:?})"),
            _ => String::new(),
        }
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        if std::thread::panicking() && self.client.is_some() {
            eprintln!("--- the window{}", self.sight());
        }
        if let Some(client) = self.client.take() {
            // The app is killed with its driver in any case; asking first lets it close its stores.
            drop(self.runtime.block_on(client.close()));
        }
    }
}

/// Whether a view differs from what was wanted by no more than bars around it would explain.
fn wait_is_for_bars(wanted: (u32, u32), seen: (u32, u32)) -> bool {
    wanted.0.abs_diff(seen.0) <= BARS_MAX && wanted.1.abs_diff(seen.1) <= BARS_MAX && seen.0 > 0
}

/// Every process below one, by the parents that `/proc` names.
fn descendants(of: u32) -> Vec<u32> {
    let mut parents = Vec::new();
    for entry in fs::read_dir("/proc").into_iter().flatten().flatten() {
        let Some(id) = entry.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else { continue };
        let stat = fs::read_to_string(entry.path().join("stat")).unwrap_or_default();
        // The name in parentheses may hold blanks; the parent is the second field after it.
        let parent = stat.rsplit_once(')').and_then(|(_, rest)| rest.split_whitespace().nth(1)?.parse::<u32>().ok());
        parents.extend(parent.map(|parent| (id, parent)));
    }
    let mut family = vec![of];
    let mut looked = 0;
    while looked < family.len() {
        let parent = family[looked];
        family.extend(parents.iter().filter(|(_, its)| *its == parent).map(|(id, _)| *id));
        looked += 1;
    }
    family.split_off(1)
}

/// The selector of what the UI marks for tests.
pub fn marked(name: impl Words) -> String {
    format!("[data-testid=\"{name}\"]")
}
