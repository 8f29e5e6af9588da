//! The office in a browser, and the hands of whoever sits there: sign in, choose a password, set up the second factor.

use std::time::{SystemTime, UNIX_EPOCH};

use hmac::{Hmac, Mac};
use serde_json::Value;
use sha1::Sha1;

use crate::process::output_of;
use crate::server::Server;
use crate::window::{Window, marked};

/// What the first administrator chooses.
pub const PASSWORD: &str = "kettle orbit mango";
/// By what name the first administrator signs in.
pub const LOGIN: &str = "chen";

/// Makes the first administrator's account on the command line. Answers with the password for one sign-in.
///
/// # Panics
/// When the server's program refuses.
#[track_caller]
pub fn first_account(server: &Server) -> String {
    let words = ["account", "add", "--login", LOGIN, "--name", "陈静", "--role", "administrator"];
    let made: Value = serde_json::from_str(&output_of(&mut server.command(&words))).expect("one JSON object");
    made["password"].as_str().expect("a password for one sign-in").to_owned()
}

/// Signs in by name and password.
///
/// # Panics
/// When the page asks for neither.
#[track_caller]
pub fn sign_in(window: &Window, password: &str) {
    fill(window, "login", LOGIN);
    fill(window, "password", password);
    window.tap(&marked("send"));
}

/// Shows the authenticator app what it is to be asked for, proves that it works, and keeps the recovery codes. Answers with
/// the first of them.
///
/// # Panics
/// When the office does not open.
#[track_caller]
pub fn set_up_second_factor(window: &Window) -> String {
    let secret = window.text(&marked("totp-secret"));
    fill(window, "code", &code_shown(&secret));
    window.tap(&marked("send"));
    let codes = window.text(&marked("recovery-codes"));
    window.tap(&marked("recovery-kept"));
    window.wait_for(&marked("nav-workers"));
    codes.split_whitespace().next().expect("ten codes").to_owned()
}

/// The office in a browser, with the first administrator at work.
///
/// # Panics
/// When the office does not open.
#[track_caller]
pub fn at_work(server: &Server) -> Window {
    let one_time = first_account(server);
    let window = Window::browse(&server.office());
    sign_in(&window, &one_time);
    fill(&window, "current-password", &one_time);
    fill(&window, "new-password", PASSWORD);
    window.tap(&marked("send"));
    set_up_second_factor(&window);
    window
}

/// Opens a kind of label in the designer, and waits until its picture and its findings are there.
///
/// # Panics
/// When they do not come.
#[track_caller]
pub fn design(window: &Window, kind: &str) {
    window.tap(&marked("nav-labels"));
    window.tap(&format!("{} {}", marked(format_args!("label-{kind}")), marked("design")));
    checked(window);
}

/// Waits until the findings are about what is drawn now.
///
/// # Panics
/// When they never are.
#[track_caller]
pub fn checked(window: &Window) {
    window.wait_for(&format!("{}[data-stale=\"false\"]", marked("checks")));
}

/// Fills a field.
///
/// # Panics
/// When there is no such field.
#[track_caller]
pub fn fill(window: &Window, field: &str, text: &str) {
    window.tap(&marked(field));
    window.type_keys(text);
}

/// What an authenticator app shows now for a secret in base 32.
fn code_shown(secret: &str) -> String {
    let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let (mut bits, mut count, mut key) = (0_u32, 0, Vec::new());
    for letter in secret.trim().bytes() {
        let value = letters.iter().position(|known| *known == letter).expect("base 32");
        bits = (bits << 5) | u32::try_from(value).expect("five bits");
        count += 5;
        if count >= 8 {
            count -= 8;
            key.push(u8::try_from((bits >> count) & 255).expect("a byte"));
        }
    }
    // The browser and the server go by the machine's clock, so the app does, too.
    #[expect(clippy::disallowed_methods, reason = "the server under test is a process with the machine's clock")]
    let step = SystemTime::now().duration_since(UNIX_EPOCH).expect("a time after 1970").as_secs() / 30;
    let mut mac = Hmac::<Sha1>::new_from_slice(&key).expect("a key of any length");
    mac.update(&step.to_be_bytes());
    let hash = mac.finalize().into_bytes();
    let at = usize::from(hash[19] & 15);
    let number = u32::from_be_bytes([hash[at] & 0x7f, hash[at + 1], hash[at + 2], hash[at + 3]]) % 1_000_000;
    format!("{number:06}")
}
