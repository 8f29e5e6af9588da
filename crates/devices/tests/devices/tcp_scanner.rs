//! The TCP source against a reader that listens, hangs up and comes back.

use std::io::Write;
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

use cordwainer_devices::scanner::{
    Backoff, Link, RawFrame, ScanReject, ScannerHandle, SourceId, TcpSettings, TcpSource, decode, start,
};
use tokio::sync::mpsc::{Receiver, channel};
use tokio::time::timeout;

/// Far longer than anything here takes; reached only when something is lost.
const PATIENCE: Duration = Duration::from_secs(30);

struct Rig {
    listener: TcpListener,
    handle: ScannerHandle,
    frames: Receiver<RawFrame>,
}

impl Rig {
    fn set_up() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let mut settings = TcpSettings::new(listener.local_addr().expect("bound").to_string());
        settings.backoff = Backoff { first: Duration::from_millis(20), ceiling: Duration::from_millis(200) };
        let (sender, frames) = channel(8);
        let source = TcpSource::new(SourceId::new("rig"), settings);
        let handle = start(Box::new(source), sender, Instant::now()).expect("a thread");
        Self { listener, handle, frames }
    }

    fn line(&self) -> TcpStream {
        self.listener.accept().expect("the source connects").0
    }

    async fn next(&mut self) -> RawFrame {
        timeout(PATIENCE, self.frames.recv()).await.expect("a frame was lost").expect("the source runs")
    }

    async fn until(&self, link: impl Fn(Link) -> bool) {
        let mut health = self.handle.health();
        let reached = timeout(PATIENCE, health.wait_for(|health| link(health.link))).await;
        reached.expect("the link never came to that").expect("the source runs");
    }
}

#[tokio::test]
async fn a_reader_on_the_network_is_framed_like_any_other_and_found_again_after_it_hung_up() {
    let mut rig = Rig::set_up();
    let mut line = rig.line();
    rig.until(|link| link == Link::Connected).await;
    line.write_all(b"\x02]C0W0000001X\x03W00").expect("sent");
    assert_eq!(decode(&rig.next().await).expect("a scan").text, "W0000001X", "as a serial scanner's would be");
    drop(line);
    assert_eq!(decode(&rig.next().await), Err(ScanReject::Partial), "what it had begun is reported");
    let mut line = rig.line();
    line.write_all(b"W0000002X\r\n").expect("sent");
    assert_eq!(decode(&rig.next().await).expect("a scan").text, "W0000002X", "nothing of the cut scan is in front");
    rig.until(|link| link == Link::Connected).await;
}

#[tokio::test]
async fn a_reader_without_a_suffix_is_ended_by_silence_on_the_network_too() {
    let mut rig = Rig::set_up();
    let mut line = rig.line();
    line.write_all(b"W0000001X").expect("sent");
    assert_eq!(rig.next().await.bytes, b"W0000001X", "the read ends in time to hear the silence");
}
