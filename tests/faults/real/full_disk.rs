//! Disks that are full: a small one of our own, really full, under a real server and a real station.

use std::fs::{self, File};
use std::io::Write;
use std::path::PathBuf;

use cordwainer_tests::process::output_of;
use cordwainer_tests::server::{Engine, Server};
use cordwainer_tests::station::Station;
use cordwainer_tests::wait;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::floor::{Floor, WORKSTATION};
use crate::privileged::as_root;

/// A file system of its own in memory, so small that it can be filled. Goes when dropped.
struct SmallDisk {
    place: TempDir,
}

impl SmallDisk {
    #[track_caller]
    fn of(mebibytes: u32) -> Self {
        let place = tempfile::tempdir().expect("a folder to mount on");
        let size = format!("size={mebibytes}m,mode=0755");
        output_of(as_root("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(place.path()));
        Self { place }
    }

    fn folder(&self) -> TempDir {
        tempfile::tempdir_in(self.place.path()).expect("a folder on the small disk")
    }

    /// Takes every byte that is left.
    fn fill(&self) {
        let mut filler = File::create(self.filler()).expect("a file");
        for size in [1024 * 1024, 4096, 1] {
            let piece = vec![0xAA; size];
            while filler.write_all(&piece).is_ok() {}
        }
    }

    fn make_room(&self) {
        fs::remove_file(self.filler()).expect("the filler was there");
    }

    fn filler(&self) -> PathBuf {
        self.place.path().join("filler")
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Lazily: a process that is being ended may still have a file open.
        drop(as_root("umount").arg("-l").arg(self.place.path()).status());
    }
}

/// What the server's program says of the pushes that it refused.
fn complaints_name(server: &mut Server, word: &str) -> bool {
    server.process().complaints().iter().any(|line| line.contains(word))
}

#[test]
fn a_server_whose_disk_is_full_acknowledges_nothing_and_stations_work_on() {
    let disk = SmallDisk::of(96);
    let mut server = Server::loaded(Engine::Sqlite, disk.folder());
    server.start();
    let station = Station::enrol(&server, WORKSTATION, None);
    let mut floor = Floor::of(server, station);
    disk.fill();
    floor.record(4);
    wait::until("the server to have refused a push for want of room", || {
        if complaints_name(&mut floor.server, "DiskFull") { Ok(()) } else { Err("it has not") }
    });
    floor.record(2);
    assert_eq!(floor.station.unsent(), 6, "nothing was acknowledged, nothing was held up");
    disk.make_room();
    floor.prove(0, "when there is room again");
}

/// Room enough for a station to begin work, with some to spare, and little enough to be filled at once.
const STATION_DISK: u32 = 300;

/// A station whose stores are on a small disk.
#[track_caller]
fn station_on(disk: &SmallDisk, server: &Server, workstation: &str) -> Station {
    let mut station = Station::off(server, workstation, None);
    station.live_in(disk.folder());
    station.join(server, workstation);
    station
}

#[test]
fn a_station_on_a_full_disk_begins_nothing_and_says_so_until_there_is_room() {
    let server = Server::with_demo(Engine::Sqlite);
    let factory = server.factory();
    let disk = SmallDisk::of(STATION_DISK);
    let mut station = station_on(&disk, &server, "sole-1");
    disk.fill();
    station.scan_to(&factory.badge("pan-yongfu"), "signed_in");
    let traveller = factory.traveller("WO-2611-030");
    let refused = station.scan_to(&traveller, "refused");
    assert!(refused["action"].is_null(), "no work begins: {refused}");
    disk.make_room();
    station.scan_until(&traveller, "started");
    station.drained();
    assert_eq!(station.recorded(), 2, "the badge, which the reserve took in, and the start, for which there was room");
    server.verify();
}

#[test]
fn a_page_that_finds_no_room_is_fetched_again_when_there_is_some() {
    let server = Server::with_demo(Engine::Sqlite);
    let factory = server.factory();
    let disk = SmallDisk::of(STATION_DISK);
    let mut full = station_on(&disk, &server, "sole-2");
    let mut soling = Station::enrol(&server, "sole-1", None);
    let runs = |station: &mut Station, pair: &Value| {
        station.ask("get_pair", json!({ "work_order": pair })).to_string().contains("\"running\"")
    };
    disk.fill();
    soling.scan_to(&factory.badge("pan-yongfu"), "signed_in");
    let pair = soling.scan_to(&factory.traveller("WO-2611-030"), "started")["work_order_id"].clone();
    soling.drained();
    full.ask("get_queue", json!({}));
    disk.make_room();
    wait::until("the other station's start to be seen", || {
        if runs(&mut full, &pair) { Ok(()) } else { Err("the pair does not run there") }
    });
    full.scan_to(&factory.badge("hu-zhengang"), "signed_in");
    full.drained();
    server.verify();
}
