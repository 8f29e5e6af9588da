//! Which certificate a server shows: one of the factory's own authority, renewed in time, or one that was given as files,
//! read again when they change.

use std::fs::Metadata;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;

use crate::{Authority, AuthorityFault, Now, Shown, Validity};

/// Where serial numbers come from.
pub type Serials = Arc<dyn Fn() -> [u8; 16] + Send + Sync>;

/// A certificate of the authority for this process: its key is made here and kept nowhere.
pub struct OwnCertificate {
    authority: Arc<Authority>,
    names: Vec<String>,
    now: Now,
    serials: Serials,
    issued: Mutex<Issued>,
}

struct Issued {
    validity: Validity,
    for_stations: Arc<CertifiedKey>,
    for_browsers: Arc<CertifiedKey>,
}

impl std::fmt::Debug for OwnCertificate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OwnCertificate").field("names", &self.names).finish_non_exhaustive()
    }
}

impl OwnCertificate {
    /// Makes the first certificate for these host names and addresses.
    ///
    /// # Errors
    /// [`AuthorityFault`], for instance when a name cannot stand in a certificate.
    pub fn begin(
        authority: Arc<Authority>,
        names: Vec<String>,
        now: Now,
        serials: Serials,
    ) -> Result<Arc<Self>, AuthorityFault> {
        let issued = Mutex::new(certificates(&authority, &names, &now, &serials)?);
        Ok(Arc::new(Self { authority, names, now, serials, issued }))
    }

    /// The certificate as stations are shown it.
    pub fn for_stations(self: &Arc<Self>) -> Arc<dyn ResolvesServerCert> {
        Arc::new(Side { own: Arc::clone(self), stations: true })
    }

    /// The certificate as browsers are shown it.
    pub fn for_browsers(self: &Arc<Self>) -> Arc<dyn ResolvesServerCert> {
        Arc::new(Side { own: Arc::clone(self), stations: false })
    }

    /// The certificate in force; a new one when the last quarter of its time has begun. If none can be made, the old one goes
    /// on: a station doubts dates less than it would miss its server.
    fn current(&self, stations: bool) -> Arc<CertifiedKey> {
        let mut issued = self.issued.lock().unwrap_or_else(PoisonError::into_inner);
        if issued.validity.is_nearly_over((self.now)())
            && let Ok(next) = certificates(&self.authority, &self.names, &self.now, &self.serials)
        {
            *issued = next;
        }
        Arc::clone(if stations { &issued.for_stations } else { &issued.for_browsers })
    }
}

fn certificates(
    authority: &Authority,
    names: &[String],
    now: &Now,
    serials: &Serials,
) -> Result<Issued, AuthorityFault> {
    let (for_stations, for_browsers) = authority.for_server(names, now(), serials())?;
    let validity = Shown::of(&for_stations.cert[0])?.validity;
    Ok(Issued { validity, for_stations: Arc::new(for_stations), for_browsers: Arc::new(for_browsers) })
}

#[derive(Debug)]
struct Side {
    own: Arc<OwnCertificate>,
    stations: bool,
}

impl ResolvesServerCert for Side {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.own.current(self.stations))
    }
}

/// Why a given certificate cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum GivenFault {
    /// A file cannot be read as PEM.
    #[error("{path} cannot be read as PEM: {detail}")]
    Unreadable {
        /// Which.
        path: String,
        /// What is wrong.
        detail: String,
    },
    /// The two do not belong together, or the key is of a kind that is not known.
    #[error("the key in {path} cannot be used with the certificate: {detail}")]
    Key {
        /// The key's file.
        path: String,
        /// What is wrong.
        detail: String,
    },
}

/// A certificate and key in PEM files, which whoever renews them replaces while the server runs.
pub struct GivenCertificate {
    chain: PathBuf,
    key: PathBuf,
    read: Mutex<Read>,
}

struct Read {
    seen: Stamp,
    certified: Arc<CertifiedKey>,
    refused: Option<String>,
}

/// What tells that a file has changed.
type Stamp = [Option<(SystemTime, u64)>; 2];

impl std::fmt::Debug for GivenCertificate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("GivenCertificate").field("chain", &self.chain).finish_non_exhaustive()
    }
}

impl GivenCertificate {
    /// Reads both files.
    ///
    /// # Errors
    /// [`GivenFault`] in words for the person who named them.
    pub fn read(chain: PathBuf, key: PathBuf) -> Result<Arc<Self>, GivenFault> {
        let seen = stamp(&chain, &key);
        let certified = Arc::new(certified(&chain, &key)?);
        Ok(Arc::new(Self { chain, key, read: Mutex::new(Read { seen, certified, refused: None }) }))
    }

    /// What is wrong with the files as they are now, if they could not be taken up; the certificate before stays in use.
    pub fn refused(&self) -> Option<String> {
        self.read.lock().unwrap_or_else(PoisonError::into_inner).refused.clone()
    }
}

impl ResolvesServerCert for GivenCertificate {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        let now = stamp(&self.chain, &self.key);
        if now != read.seen {
            read.seen = now;
            match certified(&self.chain, &self.key) {
                Ok(fresh) => (read.certified, read.refused) = (Arc::new(fresh), None),
                Err(fault) => read.refused = Some(fault.to_string()),
            }
        }
        Some(Arc::clone(&read.certified))
    }
}

fn stamp(chain: &PathBuf, key: &PathBuf) -> Stamp {
    let of = |metadata: Metadata| Some((metadata.modified().ok()?, metadata.len()));
    [chain, key].map(|path| std::fs::metadata(path).ok().and_then(of))
}

fn certified(chain: &PathBuf, key: &PathBuf) -> Result<CertifiedKey, GivenFault> {
    let unreadable =
        |path: &PathBuf, detail: String| GivenFault::Unreadable { path: path.display().to_string(), detail };
    let certificates = CertificateDer::pem_file_iter(chain)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|fault| unreadable(chain, fault.to_string()))?;
    if certificates.is_empty() {
        return Err(unreadable(chain, "there is no certificate in it".to_owned()));
    }
    let private = PrivateKeyDer::from_pem_file(key).map_err(|fault| unreadable(key, fault.to_string()))?;
    let unfit = |fault: rustls::Error| GivenFault::Key { path: key.display().to_string(), detail: fault.to_string() };
    CertifiedKey::from_der(certificates, private, &crate::provider()).map_err(unfit)
}
