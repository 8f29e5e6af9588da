//! What must never be logged is not logged, at the most talkative level there is, by the real programs.

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use cordwainer_tests::programs::program;
use cordwainer_tests::server::{Engine, Server};
use serde_json::{Value, json};

/// A program that writes its log to a file and its answers to us; killed when dropped.
struct Talkative {
    child: Child,
    lines: BufReader<std::process::ChildStdout>,
}

impl Drop for Talkative {
    fn drop(&mut self) {
        // It may have ended by itself already.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

impl Talkative {
    fn start(command: &mut Command, log: &Path) -> Self {
        let log = File::create(log).expect("a file for the log");
        let talking = command.env("RUST_LOG", "trace").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(log);
        let mut child = talking.spawn().expect("it starts");
        let lines = BufReader::new(child.stdout.take().expect("piped"));
        Self { child, lines }
    }

    fn hear(&mut self, what: &str, passes: impl Fn(&Value) -> bool) -> Value {
        loop {
            let mut line = String::new();
            let length = self.lines.read_line(&mut line).expect("it can be read");
            assert!(length > 0, "it ended before it said {what}");
            let said: Value = serde_json::from_str(&line).unwrap_or_else(|fault| panic!("{line:?}: {fault}"));
            if passes(&said) {
                return said;
            }
        }
    }

    fn tell(&mut self, command: &Value) -> Value {
        let mut stdin = self.child.stdin.as_ref().expect("piped");
        writeln!(stdin, "{command}").expect("it listens");
        self.hear("a reply", |said| said["event"] == "reply")
    }
}

#[test]
fn no_key_code_or_pin_reaches_a_log_at_the_level_of_trace() {
    let mut server = Server::with_demo(Engine::Sqlite);
    server.cut_power();
    let (logs, data) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    let (server_log, station_log) = (logs.path().join("server"), logs.path().join("station"));
    let mut serve = server.command(&["serve", "--listen", "127.0.0.1:0", "--listen-stations", "127.0.0.1:0"]);
    let mut served = Talkative::start(&mut serve, &server_log);
    let address = served.hear("where it listens", |said| said["stations"].is_string())["stations"].clone();
    let code = server.enrol_code("desk-1");
    let mut command = Command::new(program("cordwainer-station"));
    command.arg("--data").arg(data.path()).args(["--server", address.as_str().expect("an address"), "--stdin"]);
    let mut station = Talkative::start(command.args(["--enrol", &code]), &station_log);
    let shown = station.hear("its fingerprint", |said| said["event"] == "unconfirmed");
    server
        .confirm(shown["station"].as_str().expect("a station"), shown["fingerprint"].as_str().expect("a fingerprint"));
    station.hear("the workstation's work", |said| said["event"] == "ready");
    let factory = server.factory();
    let scan = json!({ "command": "scan", "args": { "text": factory.badge("bao-xuefen"), "origin": "pad" } });
    station.tell(&scan);
    let pin = factory.pin("bao-xuefen");
    station.tell(&json!({ "command": "enter_pin", "args": { "pin": pin } }));
    station.hear("everything sent", |said| said["event"] == "sync" && said["pending"] == 0 && said["online"] == true);
    drop((station, served));

    let log = [server_log, station_log].map(|path| std::fs::read_to_string(path).expect("a log")).concat();
    assert!(log.contains("TRACE"), "the programs did talk");
    for (what, secret) in secrets(&server, data.path(), &code, &pin) {
        assert!(secret.len() >= 4, "{what} is long enough to be looked for");
        assert!(!log.contains(&secret), "{what} is in a log");
    }
}

/// Everything secret that the two programs hold, as it might be written.
fn secrets(server: &Server, station: &Path, code: &str, pin: &str) -> Vec<(&'static str, String)> {
    let kept = std::fs::read_to_string(station.join("enrolment.json")).expect("the enrolment");
    let kept: Value = serde_json::from_str(&kept).expect("JSON");
    let device_key = std::fs::read(station.join("device.key")).expect("the device key");
    let database = rusqlite::Connection::open(server.data().join("cordwainer.db")).expect("the server's database");
    let ask = |sql: &str| {
        let found: String = database.query_row(sql, [], |row| row.get(0)).expect("a secret");
        found.to_lowercase()
    };
    vec![
        ("the enrolment code", code.split_once('-').expect("a hyphen").0.to_owned()),
        ("the station's key", kept["key_seed"].as_str().expect("a seed").to_owned()),
        ("the device key", device_key.iter().map(|byte| format!("{byte:02x}")).collect()),
        ("the PIN", format!("\"{pin}\"")),
        ("a PIN's verifier", ask("SELECT pin_hash FROM worker WHERE pin_hash IS NOT NULL LIMIT 1")),
        ("the server's key", ask("SELECT hex(signing_seed) FROM server_identity")),
        ("the secret of the nonces", ask("SELECT hex(nonce_secret) FROM server_identity")),
        ("the authority's key", ask("SELECT hex(private_key) FROM authority")),
    ]
}
