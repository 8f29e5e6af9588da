//! Why a channel was not opened, found again inside the errors of the libraries in between.

use std::error::Error;
use std::sync::Arc;

use rustls::{CertificateError, OtherError};

/// Why the other end is not believed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ChannelFault {
    /// Its chain does not lead to the pinned key.
    #[error("this is not the server that the code or the enrolment is from")]
    OtherServer,
    /// Its certificate has ended by its own word.
    #[error("the server's certificate has ended; the server must be started again, or its clock put right")]
    Ended,
    /// What answers does not speak TLS.
    #[error("what answers there does not speak TLS; is this the address for stations?")]
    NotTls,
    /// This end's certificate is not believed there.
    #[error("the server does not know this station's certificate")]
    Unknown,
}

impl From<ChannelFault> for rustls::Error {
    fn from(fault: ChannelFault) -> Self {
        Self::InvalidCertificate(CertificateError::Other(OtherError(Arc::new(fault))))
    }
}

/// The reason inside an error of an HTTP client or a socket, if the channel is one.
pub fn channel_fault(error: &(dyn Error + 'static)) -> Option<ChannelFault> {
    let mut cause = Some(error);
    while let Some(now) = cause {
        let within = now.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        let tls = now.downcast_ref::<rustls::Error>().or_else(|| within?.downcast_ref::<rustls::Error>());
        if let Some(fault) = tls.and_then(of_tls) {
            return Some(fault);
        }
        cause = match within {
            Some(inner) => Some(inner),
            None => now.source(),
        };
    }
    None
}

fn of_tls(error: &rustls::Error) -> Option<ChannelFault> {
    match error {
        rustls::Error::InvalidCertificate(CertificateError::Other(other)) => other.0.downcast_ref().copied(),
        rustls::Error::InvalidCertificate(_) => Some(ChannelFault::OtherServer),
        rustls::Error::InvalidMessage(_) => Some(ChannelFault::NotTls),
        rustls::Error::AlertReceived(
            rustls::AlertDescription::UnknownCA
            | rustls::AlertDescription::BadCertificate
            | rustls::AlertDescription::DecryptError
            | rustls::AlertDescription::CertificateUnknown,
        ) => Some(ChannelFault::Unknown),
        _ => None,
    }
}
