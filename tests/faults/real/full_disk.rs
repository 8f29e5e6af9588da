//! Disks that are full: a small one of our own, really full, under a real server and a real station.

use std::fs::{self, File};
use std::io::Write;
use std::path::PathBuf;

use cordwainer_tests::process::output_of;
use cordwainer_tests::server::{Engine, Server};
use cordwainer_tests::station::Station;
use cordwainer_tests::wait;
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
