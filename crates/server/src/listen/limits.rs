//! How many connections there may be, and of whom.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How many connections a listener holds at once.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Limits {
    /// Of anybody, together.
    pub(crate) all: usize,
    /// Of whoever has shown no certificate, together.
    pub(crate) strangers: usize,
    /// Of strangers at one address.
    pub(crate) of_one_address: usize,
    /// How long a stranger may take to send the head of a request, or be silent between two.
    pub(crate) patience: Duration,
}

impl Limits {
    /// For stations: a shop has dozens, each with a handful of connections; all of them may come back in the same second.
    pub(crate) const STATIONS: Self =
        Self { all: 600, strangers: 256, of_one_address: 128, patience: Duration::from_secs(10) };
    /// For browsers, which show no certificates.
    pub(crate) const OFFICE: Self =
        Self { all: 300, strangers: 300, of_one_address: 64, patience: Duration::from_secs(30) };
    /// For a balancer, from whose address everybody comes.
    pub(crate) const BEHIND_PROXY: Self =
        Self { all: 300, strangers: 300, of_one_address: 300, patience: Duration::from_secs(75) };
}

/// The connections there are.
#[derive(Clone, Debug)]
pub(crate) struct Connections {
    limits: Limits,
    held: Arc<Mutex<Held>>,
}

#[derive(Debug, Default)]
struct Held {
    all: usize,
    strangers: usize,
    by_address: HashMap<IpAddr, usize>,
}

/// The place of one connection; given back when it is dropped.
#[derive(Debug)]
pub(crate) struct Place {
    connections: Connections,
    /// The address, as long as nobody is known to be behind it.
    stranger: Option<IpAddr>,
}

impl Connections {
    pub(crate) fn new(limits: Limits) -> Self {
        Self { limits, held: Arc::default() }
    }

    /// A place for a newcomer, if there is one.
    pub(crate) fn admit(&self, from: IpAddr) -> Option<Place> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let here = held.by_address.get(&from).copied().unwrap_or_default();
        let full = held.all >= self.limits.all
            || held.strangers >= self.limits.strangers
            || here >= self.limits.of_one_address;
        if full {
            return None;
        }
        held.all += 1;
        held.strangers += 1;
        held.by_address.insert(from, here + 1);
        Some(Place { connections: self.clone(), stranger: Some(from) })
    }
}

impl Place {
    /// The newcomer has shown a certificate: its place no longer counts among the strangers'.
    pub(crate) fn known(&mut self) {
        if let Some(from) = self.stranger.take() {
            let mut held = self.connections.held.lock().unwrap_or_else(PoisonError::into_inner);
            held.no_longer_stranger(from);
        }
    }
}

impl Held {
    fn no_longer_stranger(&mut self, from: IpAddr) {
        self.strangers -= 1;
        if let Some(count) = self.by_address.get_mut(&from) {
            *count -= 1;
            if *count == 0 {
                self.by_address.remove(&from);
            }
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut held = self.connections.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.all -= 1;
        if let Some(from) = self.stranger {
            held.no_longer_stranger(from);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Connections, Limits};
    use std::net::{IpAddr, Ipv4Addr};
    use std::time::Duration;

    fn limits(all: usize, strangers: usize, of_one_address: usize) -> Connections {
        Connections::new(Limits { all, strangers, of_one_address, patience: Duration::ZERO })
    }

    fn address(last: u8) -> IpAddr {
        IpAddr::V4(Ipv4Addr::new(192, 0, 2, last))
    }

    #[test]
    fn strangers_cannot_take_the_places_of_stations() {
        let connections = limits(6, 4, 2);
        let mut attackers: Vec<_> = (1..=4).filter_map(|last| connections.admit(address(last))).collect();
        assert_eq!(attackers.len(), 4, "four strangers from four places");
        assert!(connections.admit(address(9)).is_none(), "no fifth one");
        attackers.pop();
        let mut station = connections.admit(address(9)).unwrap();
        station.known();
        assert!(connections.admit(address(4)).is_some(), "a station that is known does not count among them");
    }

    #[test]
    fn one_address_cannot_take_every_place() {
        let connections = limits(10, 10, 2);
        let held: Vec<_> = (0..5).filter_map(|_| connections.admit(address(1))).collect();
        assert_eq!(held.len(), 2, "it has its two");
        assert!(connections.admit(address(2)).is_some(), "others have theirs");
        drop(held);
        assert!(connections.admit(address(1)).is_some(), "what is given back can be had again");
        assert!(connections.held.lock().unwrap().by_address.is_empty(), "and nothing is remembered of who has gone");
    }

    #[test]
    fn there_is_an_end_to_those_who_are_known_as_well() {
        let connections = limits(3, 2, 2);
        let mut held = Vec::new();
        for _ in 0..5 {
            held.extend(connections.admit(address(1)).map(|mut place| {
                place.known();
                place
            }));
        }
        assert_eq!(held.len(), 3, "the listener holds no more");
    }
}
