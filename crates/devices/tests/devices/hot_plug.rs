//! Serial devices that are known by what they are: found wherever the system puts them, and never mistaken for another.

#![cfg(unix)]

use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use cordwainer_devices::scanner::{
    Backoff, Link, RawFrame, ScannerHandle, SerialSettings, SerialSource, SourceId, start,
};
use cordwainer_devices::serial::{LineSettings, ListedPort, PortFinder, PortListing, PortName, UsbIdentity, UsbPort};
use cordwainer_devices::simulator::{ScannerSimulator, Typing};
use tempfile::TempDir;
use tokio::sync::mpsc::{Receiver, channel};
use tokio::time::timeout;

/// Far longer than anything here takes; reached only when something is lost.
const PATIENCE: Duration = Duration::from_secs(30);

/// A list of ports that the test writes.
#[derive(Debug, Default)]
struct Sockets(Mutex<Vec<ListedPort>>);

impl Sockets {
    fn hold(&self, devices: &[(&Path, &str)]) {
        let port = |&(path, serial): &(&Path, &str)| ListedPort {
            path: path.to_str().expect("a plain path").to_owned(),
            usb: Some(UsbPort { identity: scanner(serial), product: Some("Simulated scanner".to_owned()) }),
        };
        *self.0.lock().expect("not poisoned") = devices.iter().map(port).collect();
    }
}

impl PortListing for Sockets {
    fn ports(&self) -> io::Result<Vec<ListedPort>> {
        Ok(self.0.lock().expect("not poisoned").clone())
    }
}

fn scanner(serial: &str) -> UsbIdentity {
    UsbIdentity { serial_number: Some(serial.to_owned()), ..UsbIdentity::of_product(0x0c2e, 0x0b61) }
}

fn plugged_in(folder: &TempDir, node: &str) -> ScannerSimulator {
    ScannerSimulator::plug_in(folder.path().join(node), Typing::default()).expect("a pseudo terminal")
}

fn listen(wanted: UsbIdentity, sockets: &Arc<Sockets>) -> (ScannerHandle, Receiver<RawFrame>) {
    let listing: Arc<dyn PortListing> = Arc::<Sockets>::clone(sockets);
    let mut settings = SerialSettings::new(PortName::Usb(wanted), LineSettings::default());
    settings.port = PortFinder::new(settings.port.name().clone()).among(listing);
    settings.backoff = Backoff { first: Duration::from_millis(20), ceiling: Duration::from_millis(50) };
    let (sender, frames) = channel(8);
    let source = SerialSource::new(SourceId::new("rig"), settings);
    (start(Box::new(source), sender, Instant::now()).expect("a thread"), frames)
}

async fn until(handle: &ScannerHandle, link: impl Fn(Link) -> bool) {
    let mut health = handle.health();
    let reached = timeout(PATIENCE, health.wait_for(|health| link(health.link))).await;
    reached.expect("the link never came to that").expect("the source runs");
}

async fn heard(frames: &mut Receiver<RawFrame>) -> String {
    timeout(PATIENCE, frames.recv()).await.expect("a frame was lost").expect("the source runs").shown()
}

#[tokio::test]
async fn a_scanner_is_found_again_although_the_system_has_renamed_its_port() {
    let (folder, sockets) = (TempDir::new().expect("a folder"), Arc::new(Sockets::default()));
    let mut ours = plugged_in(&folder, "ttyACM0");
    sockets.hold(&[(ours.path(), "S1")]);
    let (handle, mut frames) = listen(scanner("S1"), &sockets);
    until(&handle, |link| link == Link::Connected).await;
    ours.scan("W0000001X").expect("typed");
    assert_eq!(heard(&mut frames).await, "W0000001X", "at its first port");

    sockets.hold(&[]);
    drop(ours);
    until(&handle, |link| matches!(link, Link::Reconnecting { .. })).await;
    let mut theirs = plugged_in(&folder, "ttyACM0");
    let mut ours = plugged_in(&folder, "ttyACM1");
    sockets.hold(&[(theirs.path(), "S2"), (ours.path(), "S1")]);
    until(&handle, |link| link == Link::Connected).await;
    theirs.scan("W0000002X").expect("typed");
    ours.scan("W0000003X").expect("typed");
    assert_eq!(heard(&mut frames).await, "W0000003X", "the scanner that now has the old port is another bench's");
}

#[tokio::test]
async fn of_two_devices_with_one_name_none_is_taken() {
    let (folder, sockets) = (TempDir::new().expect("a folder"), Arc::new(Sockets::default()));
    let (first, mut second) = (plugged_in(&folder, "ttyACM0"), plugged_in(&folder, "ttyACM1"));
    sockets.hold(&[(first.path(), "0001"), (second.path(), "0001")]);
    let (handle, mut frames) = listen(scanner("0001"), &sockets);
    until(&handle, |link| link == Link::Ambiguous).await;
    sockets.hold(&[(second.path(), "0001")]);
    until(&handle, |link| link == Link::Connected).await;
    second.scan("W0000001X").expect("typed");
    assert_eq!(heard(&mut frames).await, "W0000001X", "as soon as the name is clear, without a restart");
}

#[tokio::test]
async fn a_listed_port_that_another_program_holds_is_busy_and_one_that_is_not_listed_is_away() {
    let (folder, sockets) = (TempDir::new().expect("a folder"), Arc::new(Sockets::default()));
    let ours = plugged_in(&folder, "ttyACM0");
    let path = ours.path().to_str().expect("a plain path");
    let other_program = serialport::new(path, 9600).open().expect("free so far");
    let (handle, _frames) = listen(scanner("S1"), &sockets);
    assert_eq!(handle.health().borrow().link, Link::NeverSeen, "it is not plugged in");
    sockets.hold(&[(ours.path(), "S1")]);
    until(&handle, |link| link == Link::Busy).await;
    drop(other_program);
    until(&handle, |link| link == Link::Connected).await;
}
