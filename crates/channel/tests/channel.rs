//! Both ends of the channel against each other, without a network: who believes whom.
#![allow(clippy::unwrap_used, reason = "a story that cannot go on should stop at once, saying where")]

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use cordwainer_channel::{
    Authority, ChannelFault, Identity, Now, OwnCertificate, Pin, SERVER_CERTIFICATE_DAYS, STATION_CERTIFICATE_DAYS,
    ServerWatch, Shown, channel_fault, station_side, stations_side,
};
use cordwainer_sync::{PublicKey, SigningKey, body_hash};
use rustls::pki_types::ServerName;
use rustls::{ClientConnection, ServerConnection};

const SERVER: [u8; 32] = [5; 32];
const STATION: [u8; 32] = [3; 32];

fn at(days: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(1_795_142_400_000).unwrap() + TimeDelta::days(days)
}

fn fixed(days: i64) -> Now {
    Arc::new(move || at(days))
}

fn public(seed: &[u8; 32]) -> PublicKey {
    SigningKey::from_seed(seed).public()
}

fn authority(seed: [u8; 32]) -> Arc<Authority> {
    let record = Authority::found(&public(&seed), at(0)).unwrap();
    Arc::new(Authority::load(&seed, &public(&seed), &record).unwrap())
}

/// The server's end on a day.
fn server(authority: &Arc<Authority>, day: i64) -> ServerConnection {
    let own = OwnCertificate::begin(Arc::clone(authority), Vec::new(), fixed(day), Arc::new(|| [9; 16])).unwrap();
    let config = stations_side(authority, own.for_stations(), fixed(day)).unwrap();
    ServerConnection::new(Arc::new(config)).unwrap()
}

/// A station's end, with the day that its own clock shows.
fn station(pin: Pin, certificate: Option<&[u8]>, watch: &Arc<ServerWatch>, day: i64) -> ClientConnection {
    let identity = certificate.map(|certificate| Identity { seed: &STATION, certificate });
    let config = station_side(pin, identity, Arc::clone(watch), fixed(day)).unwrap();
    ClientConnection::new(Arc::new(config), ServerName::try_from("any.name").unwrap()).unwrap()
}

/// Carries the handshake to and fro until both are satisfied or one refuses.
fn shake(client: &mut ClientConnection, server: &mut ServerConnection) -> Result<(), rustls::Error> {
    while client.is_handshaking() || server.is_handshaking() || client.wants_write() {
        let mut bytes = Vec::new();
        while client.wants_write() {
            client.write_tls(&mut bytes).unwrap();
        }
        server.read_tls(&mut bytes.as_slice()).unwrap();
        server.process_new_packets()?;
        let mut bytes = Vec::new();
        while server.wants_write() {
            server.write_tls(&mut bytes).unwrap();
        }
        let mut rest = bytes.as_slice();
        while !rest.is_empty() {
            client.read_tls(&mut rest).unwrap();
            client.process_new_packets()?;
        }
    }
    Ok(())
}

fn fault_of(shaken: Result<(), rustls::Error>) -> Option<ChannelFault> {
    channel_fault(&shaken.unwrap_err())
}

#[test]
fn a_code_and_later_the_key_lead_to_the_one_server() {
    let authority = authority(SERVER);
    let watch = Arc::default();
    let hash = body_hash(public(&SERVER).as_bytes()).to_string()[..16].to_owned();
    for pin in [Pin::Hash(hash), Pin::Key(public(&SERVER))] {
        let (mut client, mut server) = (station(pin, None, &watch, 1), server(&authority, 1));
        shake(&mut client, &mut server).unwrap();
        assert!(
            server.peer_certificates().is_none(),
            "a newcomer shows nothing, and may come in as far as the first door"
        );
    }
    assert!(!watch.clock_is_doubtful(), "all clocks agree");
}

#[test]
fn a_server_with_another_key_is_not_spoken_to() {
    let elsewhere = authority([8; 32]);
    let watch = Arc::default();
    for pin in [Pin::Key(public(&SERVER)), Pin::Hash("0123456789abcdef".to_owned()), Pin::Hash(String::new())] {
        let (mut client, mut server) = (station(pin, None, &watch, 1), server(&elsewhere, 1));
        assert_eq!(
            fault_of(shake(&mut client, &mut server)),
            Some(ChannelFault::OtherServer),
            "whatever it says it is"
        );
    }
}

#[test]
fn whoever_shows_the_servers_key_must_also_hold_what_it_vouched_for() {
    // The chain of the true server is public: everybody who connects is shown it. Its private keys are not.
    let authority = authority(SERVER);
    let elsewhere = authority_certificates_of([8; 32]);
    let mut stolen = authority.for_server(&[], at(1), [9; 16]).unwrap().0;
    stolen.cert[0] = elsewhere[0].clone();
    let config = stations_side(&authority, Arc::new(Shows(Arc::new(stolen))), fixed(1)).unwrap();
    let mut server = ServerConnection::new(Arc::new(config)).unwrap();
    let mut client = station(Pin::Key(public(&SERVER)), None, &Arc::default(), 1);
    assert_eq!(
        fault_of(shake(&mut client, &mut server)),
        Some(ChannelFault::OtherServer),
        "the leaf is not vouched for"
    );
}

fn authority_certificates_of(seed: [u8; 32]) -> Vec<rustls::pki_types::CertificateDer<'static>> {
    authority(seed).for_server(&[], at(1), [9; 16]).unwrap().0.cert
}

#[derive(Debug)]
struct Shows(Arc<rustls::sign::CertifiedKey>);

impl rustls::server::ResolvesServerCert for Shows {
    fn resolve(&self, _: rustls::server::ClientHello<'_>) -> Option<Arc<rustls::sign::CertifiedKey>> {
        Some(Arc::clone(&self.0))
    }
}

#[test]
fn a_station_is_known_by_the_key_in_its_certificate() {
    let authority = authority(SERVER);
    let certificate = authority.for_station("station", &public(&STATION), at(0), [1; 16]).unwrap();
    let pin = Pin::Key(public(&SERVER));
    let (mut client, mut server) = (station(pin, Some(&certificate), &Arc::default(), 1), server(&authority, 1));
    shake(&mut client, &mut server).unwrap();
    let shown = Shown::read(&server.peer_certificates().unwrap()[0]).unwrap();
    assert_eq!(shown.key, Some(public(&STATION)), "the key that it signs with");
    assert_eq!(shown.validity.not_after, at(STATION_CERTIFICATE_DAYS), "for two years");
}

#[test]
fn a_certificate_of_another_authority_or_for_another_key_is_no_certificate() {
    let ours = authority(SERVER);
    let pin = || Pin::Key(public(&SERVER));
    let foreign = authority([8; 32]).for_station("station", &public(&STATION), at(0), [1; 16]).unwrap();
    let (mut client, mut end) = (station(pin(), Some(&foreign), &Arc::default(), 1), server(&ours, 1));
    assert!(shake(&mut client, &mut end).is_err(), "signed by somebody else");
    let of_another = ours.for_station("station", &public(&[4; 32]), at(0), [1; 16]).unwrap();
    let (mut client, mut end) = (station(pin(), Some(&of_another), &Arc::default(), 1), server(&ours, 1));
    assert!(shake(&mut client, &mut end).is_err(), "a certificate that was copied without its key proves nothing");
    let servers = ours.for_server(&[], at(0), [1; 16]).unwrap().0.cert[0].to_vec();
    let (mut client, mut end) = (station(pin(), Some(&servers), &Arc::default(), 1), server(&ours, 1));
    assert!(shake(&mut client, &mut end).is_err(), "a server's certificate is no station's");
}

#[test]
fn an_ended_certificate_still_opens_the_channel_so_that_the_next_one_can_be_fetched() {
    let authority = authority(SERVER);
    let certificate = authority.for_station("station", &public(&STATION), at(0), [1; 16]).unwrap();
    let today = STATION_CERTIFICATE_DAYS + 500;
    let pin = Pin::Key(public(&SERVER));
    let (mut client, mut server) =
        (station(pin, Some(&certificate), &Arc::default(), today), server(&authority, today));
    shake(&mut client, &mut server).unwrap();
    let shown = Shown::read(&server.peer_certificates().unwrap()[0]).unwrap();
    assert!(shown.validity.not_after < at(today), "the server sees that it has ended");
}

#[test]
fn a_wrong_clock_connects_and_is_told_and_a_right_one_is_not() {
    let authority = authority(SERVER);
    let watch: Arc<ServerWatch> = Arc::default();
    for wrong in [-20_000, 3 * 365] {
        let pin = Pin::Key(public(&SERVER));
        let (mut client, mut server) = (station(pin, None, &watch, wrong), server(&authority, 1));
        shake(&mut client, &mut server).unwrap();
        assert!(watch.clock_is_doubtful(), "{wrong} days off");
    }
    watch.heard(at(1));
    let (mut client, mut end) = (station(Pin::Key(public(&SERVER)), None, &watch, 1_000), server(&authority, 1));
    shake(&mut client, &mut end).unwrap();
    assert!(watch.clock_is_doubtful(), "the server's word is not past the end, so the clock is wrong");
    let (mut client, mut end) = (station(Pin::Key(public(&SERVER)), None, &watch, 2), server(&authority, 1));
    shake(&mut client, &mut end).unwrap();
    assert!(!watch.clock_is_doubtful(), "put right");
}

#[test]
fn a_certificate_that_ended_by_the_servers_own_word_is_not_revived_by_a_clock_set_back() {
    let authority = authority(SERVER);
    let watch: Arc<ServerWatch> = Arc::default();
    watch.heard(at(SERVER_CERTIFICATE_DAYS + 3));
    let (mut client, mut end) = (station(Pin::Key(public(&SERVER)), None, &watch, 1), server(&authority, 1));
    assert_eq!(fault_of(shake(&mut client, &mut end)), Some(ChannelFault::Ended), "stolen long ago, shown today");
}

#[test]
fn a_server_makes_its_next_certificate_before_the_last_one_ends() {
    let authority = authority(SERVER);
    let day = Arc::new(std::sync::atomic::AtomicI64::new(0));
    let shown = Arc::clone(&day);
    let now: Now = Arc::new(move || at(shown.load(std::sync::atomic::Ordering::SeqCst)));
    let own = OwnCertificate::begin(authority.clone(), Vec::new(), now.clone(), Arc::new(|| [9; 16])).unwrap();
    let config = Arc::new(stations_side(&authority, own.for_stations(), now).unwrap());
    let mut ends = Vec::new();
    for today in [0, SERVER_CERTIFICATE_DAYS / 2, SERVER_CERTIFICATE_DAYS - 5, 3 * SERVER_CERTIFICATE_DAYS] {
        day.store(today, std::sync::atomic::Ordering::SeqCst);
        let watch: Arc<ServerWatch> = Arc::default();
        let mut client = station(Pin::Key(public(&SERVER)), None, &watch, today);
        shake(&mut client, &mut ServerConnection::new(Arc::clone(&config)).unwrap()).unwrap();
        assert!(!watch.clock_is_doubtful(), "day {today}: it is in force");
        ends.push(Shown::read(&client.peer_certificates().unwrap()[0]).unwrap().validity.not_after);
    }
    assert_eq!(ends[0], ends[1], "not before it is time");
    assert!(ends[1] < ends[2] && ends[2] < ends[3], "then by itself, without a restart: {ends:?}");
}

#[test]
fn tls_1_2_is_not_spoken_to_stations() {
    let authority = authority(SERVER);
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut roots = rustls::RootCertStore::empty();
    roots.add(authority.certificate().clone()).unwrap();
    let old = rustls::ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS12])
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let mut client = ClientConnection::new(Arc::new(old), ServerName::try_from("localhost").unwrap()).unwrap();
    assert!(shake(&mut client, &mut server(&authority, 1)).is_err(), "1.3 or nothing");
}
