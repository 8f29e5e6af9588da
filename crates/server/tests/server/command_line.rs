//! The program itself: what it prints and how it exits.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Output, Stdio};

use cordwainer_channel::Pin;
use cordwainer_server::boot::Config;
use cordwainer_server::test_support::factory;
use cordwainer_sync::SigningKey;
use serde_json::Value;

use crate::station::{ask_to_enrol, random};

const PROGRAM: &str = env!("CARGO_BIN_EXE_cordwainer-server");

/// A served folder; killed when dropped.
struct Served {
    child: Child,
    stations: String,
}

impl Drop for Served {
    fn drop(&mut self) {
        // It may have ended by itself already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn serve(data: &str) -> Served {
    let mut child = Command::new(PROGRAM)
        .args(["serve", "--data", data, "--listen", "127.0.0.1:0"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let ready: Value = serde_json::from_str(&line).unwrap();
    Served { child, stations: ready["stations"].as_str().unwrap().to_owned() }
}

fn run(arguments: &[&str]) -> Output {
    Command::new(PROGRAM).args(arguments).output().unwrap()
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|fault| panic!("{fault}: {output:?}"))
}

#[tokio::test]
async fn the_program_serves_enrols_lists_revokes_and_verifies() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let store = Config::embedded(folder.path()).open_store().await.unwrap();
    store.put_master(&factory::site(), &factory::rows()).await.unwrap();
    store.close().await;

    let served = serve(data);
    let made = json(&run(&["station", "enrol-code", "--data", data, "--workstation", "last-1"]));
    assert_eq!(made["workstation"], "last-1", "the code is made while the server runs");
    let key = SigningKey::from_seed(&random());
    let code = made["code"].as_str().unwrap();
    let pin = Pin::Hash(code.rsplit_once('-').unwrap().1.to_owned());
    let reply = ask_to_enrol(&served.stations, pin, code, &key).await.unwrap();
    let listed = json(&run(&["station", "list", "--data", data]));
    assert_eq!(listed["station_id"], reply.station_id.to_string(), "the new station is listed");
    assert_eq!(listed["fingerprint"], key.public().fingerprint(), "with what two people can compare aloud");
    let station = reply.station_id.to_string();
    let confirm =
        |fingerprint: &str| run(&["station", "confirm", "--data", data, &station, "--fingerprint", fingerprint]);
    let refused = confirm("0000-0000-0000-0000");
    assert_eq!(refused.status.code(), Some(1), "somebody else's fingerprint lets nobody in");
    assert!(
        String::from_utf8_lossy(&refused.stderr).contains("somebody is in between"),
        "and it is said why: {refused:?}"
    );
    assert!(json(&run(&["station", "list", "--data", data]))["confirmed_at"].is_null(), "it waits");
    assert!(
        confirm(&key.public().fingerprint().to_lowercase()).status.success(),
        "case does not count when it is read out"
    );
    assert!(!json(&run(&["station", "list", "--data", data]))["confirmed_at"].is_null(), "it is in");
    assert!(run(&["station", "revoke", "--data", data, &reply.station_id.to_string()]).status.success(), "revoked");
    assert!(!json(&run(&["station", "list", "--data", data]))["revoked_at"].is_null(), "and it shows");

    let proof = run(&["verify", "--data", data]);
    assert!(proof.status.success(), "everything adds up: {proof:?}");
    assert_eq!(json(&proof)["chain_ok"], true, "and says so");
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(folder.path().join("cordwainer.db"));
    let pool = sqlx::SqlitePool::connect_with(options).await.unwrap();
    sqlx::query("UPDATE sync_head SET audit_seq = audit_seq + 1").execute(&pool).await.unwrap();
    pool.close().await;
    let proof = run(&["verify", "--data", data]);
    assert_eq!(proof.status.code(), Some(1), "a proof that fails is a failure");
    assert_eq!(json(&proof)["problems"].as_array().unwrap().len(), 1, "with its reason");
}

#[test]
fn a_mistake_is_one_line_and_a_failure() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let output = run(&["station", "enrol-code", "--data", data, "--workstation", "nowhere"]);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(
        (output.status.code(), told.as_str()),
        (Some(1), "cordwainer-server: there is no workstation \"nowhere\"\n"),
        "plainly"
    );
}
