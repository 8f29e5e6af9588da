//! Where things are on the screens, and what a person does with them. The only place that knows the marks of the UI.

use crate::desktop::Desktop;
use crate::wait;
use crate::window::{Window, marked};

/// The band that answers every scan.
pub const BAND: &str = "[data-testid=\"band\"]";
/// The band's attribute that counts answers.
pub const ANSWER_NUMBER: &str = "data-answer-number";
/// The window when it takes scans.
pub const READY_FOR_A_SCAN: &str = "[data-testid=\"shell\"]";
/// 未上传 n.
const UNSENT: &str = "[data-testid=\"unsent\"]";

/// What the band said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The answer's kind: `started`, `signed_off`…
    pub kind: String,
    /// The message's code: `badge_needed`, `early_finish`…
    pub code: String,
    /// The words that are shown.
    pub words: String,
}

/// The number of the answer in the band; 0 before the first.
pub fn answer_number(window: &Window) -> u64 {
    window.attribute(BAND, ANSWER_NUMBER).and_then(|number| number.parse().ok()).unwrap_or(0)
}

/// Does something that is answered, and gives the answer.
///
/// # Panics
/// When the band does not change.
#[track_caller]
pub fn answer_to(window: &Window, before: u64) -> Verdict {
    window.wait_for_attribute(BAND, ANSWER_NUMBER, |number| number.parse::<u64>().is_ok_and(|number| number > before));
    let mark = |name: &str| window.attribute(BAND, name).unwrap_or_default();
    let words = window.text("[data-testid=\"band-text\"]");
    Verdict { kind: mark("data-kind"), code: mark("data-code"), words }
}

impl Desktop<'_> {
    /// Scans a code and reads the verdict off the window.
    ///
    /// # Panics
    /// When the window does not answer.
    #[track_caller]
    pub fn scan(&mut self, code: &str) -> Verdict {
        let before = answer_number(self.window());
        self.scanner.scan(code);
        answer_to(self.window(), before)
    }

    /// Scans a code whose verdict must be of this kind.
    ///
    /// # Panics
    /// When it is another.
    #[track_caller]
    pub fn scan_to(&mut self, code: &str, kind: &str) -> Verdict {
        let verdict = self.scan(code);
        assert_eq!(verdict.kind, kind, "the scan of {code} was answered with {verdict:?}");
        verdict
    }

    /// Taps something that is answered in the band.
    ///
    /// # Panics
    /// When the window does not answer.
    #[track_caller]
    pub fn tap_for_answer(&self, css: &str) -> Verdict {
        let before = answer_number(self.window());
        self.window().tap(css);
        answer_to(self.window(), before)
    }
}

impl Desktop<'_> {
    /// Scans a badge and enters the PIN on the pad, for a quality or supervisor session.
    ///
    /// # Panics
    /// When the session does not open.
    #[track_caller]
    pub fn sign_in_with_pin(&mut self, badge: &str, pin: &str) -> Verdict {
        self.scan_to(badge, "pin_needed");
        let window = self.window();
        window.wait_for("[data-testid=\"pin-pad\"]");
        tap_digits(window, pin);
        let verdict = self.tap_for_answer("[data-testid=\"pin-ok\"]");
        assert_eq!(verdict.kind, "signed_in", "badge and PIN open a session: {verdict:?}");
        verdict
    }

    /// Enters the one value that the pad asks for, and gives the answer that follows.
    ///
    /// # Panics
    /// When no value is asked for.
    #[track_caller]
    pub fn enter_value(&self, value: &str) -> Verdict {
        let window = self.window();
        window.wait_for("[data-testid=\"values-pad\"]");
        tap_digits(window, value);
        window.wait_for_text("[data-testid=\"value-entered\"]", value, |text| text.starts_with(value));
        self.tap_for_answer("[data-testid=\"value-ok\"]")
    }
}

impl Desktop<'_> {
    /// Decides about the open item on the screen: what, why, and by whose PIN.
    ///
    /// # Panics
    /// When the screen does not offer it.
    #[track_caller]
    pub fn decide_item(&self, choice: &str, reason: &str, pin: &str) -> Verdict {
        let window = self.window();
        window.tap(&marked(format_args!("choice-{choice}")));
        window.tap(&marked(format_args!("reason-{reason}")));
        tap_digits(window, pin);
        self.tap_for_answer(&marked("resolve-ok"))
    }
}

/// Taps a number on our own pad, key by key.
#[track_caller]
pub fn tap_digits(window: &Window, number: &str) {
    for digit in number.chars() {
        let key = if digit == '.' { "point".to_owned() } else { digit.to_string() };
        window.tap(&format!("[data-testid=\"key-{key}\"]"));
    }
}

/// Waits until the header says that the server answers.
///
/// # Panics
/// When it never does.
#[track_caller]
pub fn wait_until_online(window: &Window) {
    window.wait_for_attribute("[data-testid=\"status\"]", "data-online", |online| online == "true");
}

/// Waits until the header calls the place by its name rather than by its key.
///
/// # Panics
/// When it never does.
#[track_caller]
pub fn wait_until_named(window: &Window, workstation: &str) {
    window.wait_for_text("[data-testid=\"workstation\"]", "the place's name", |text| {
        !text.trim().is_empty() && !text.contains(workstation)
    });
}

/// Waits until the header counts so many unsent actions.
///
/// # Panics
/// When it never does.
#[track_caller]
pub fn wait_for_unsent(window: &Window, expected: u64) {
    wait::until(format_args!("未上传 {expected}"), || match unsent(window) {
        count if count == expected => Ok(()),
        count => Err(format!("未上传 {count}")),
    });
}

/// Switches the screen to the other language by its button, and waits until it is repainted.
///
/// # Panics
/// When it does not change.
#[track_caller]
pub fn switch_language(window: &Window) {
    let before = language(window);
    window.tap("[data-testid=\"language\"]");
    wait::until("the other language", || if language(window) == before { Err(&before) } else { Ok(()) });
}

/// The language of the page: `zh-CN` or `en`.
///
/// # Panics
/// When the window is gone.
#[track_caller]
pub fn language(window: &Window) -> String {
    let lang = window.look("return document.documentElement.lang", Vec::new());
    lang.as_str().unwrap_or_default().to_owned()
}

/// How many actions the header says are unsent.
pub fn unsent(window: &Window) -> u64 {
    window.attribute(UNSENT, "data-count").and_then(|count| count.parse().ok()).unwrap_or(0)
}

/// Joins a server through the set-up screen, as somebody at a fresh PC would: on our own keys.
///
/// # Panics
/// When the screen does not take it.
#[track_caller]
pub fn enrol(window: &Window, server: &str, code: &str) {
    enter_text(window, "enrol-server", server);
    enter_text(window, "enrol-code", &code.to_uppercase());
    window.tap("[data-testid=\"enrol\"]");
}

/// What a station that waits to be let in shows: which station it is, and its fingerprint.
///
/// # Panics
/// When it shows neither.
#[track_caller]
pub fn fingerprint_to_compare(window: &Window) -> (String, String) {
    window.wait_for_text("[data-testid=\"station-id\"]", "a station", |shown| shown.len() == 36);
    (window.text("[data-testid=\"station-id\"]"), window.text("[data-testid=\"fingerprint\"]"))
}

/// Opens a field's own keys, clears it, and types.
#[track_caller]
fn enter_text(window: &Window, field: &str, text: &str) {
    window.tap(&format!("[data-testid=\"{field}\"]"));
    window.tap("[data-testid=\"key-clear\"]");
    window.type_keys(text);
    window.wait_for_text("[data-testid=\"text-entered\"]", text, |entered| entered.trim() == text);
    window.tap("[data-testid=\"text-ok\"]");
    window.wait_for_attribute(&format!("[data-testid=\"{field}\"]"), "data-value", |value| value == text);
}

impl Desktop<'_> {
    /// Finds a pair by its traveller, and gives what the screen says of it.
    ///
    /// # Panics
    /// When it is not found.
    #[track_caller]
    pub fn find_pair(&mut self, number: &str, code: &str) -> String {
        self.window().tap("[data-testid=\"nav-find\"]");
        self.window().wait_for("[data-testid=\"find\"], [data-testid=\"pair-page\"]");
        self.scanner.scan(code);
        let page = "[data-testid=\"pair-page\"]";
        self.window().wait_for_attribute(page, "data-number", |shown| shown == number);
        self.window().text(page)
    }
}
