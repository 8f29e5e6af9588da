//! A picture of an instruction as a `data:` URL.

use cordwainer_protocol::MessageCode;
use cordwainer_protocol::station::RpcFailure;

use super::super::{Engine, failure};

impl Engine {
    pub(in crate::engine) fn picture(&self, hash: &str) -> Result<String, RpcFailure> {
        match self.store.cache.picture(hash) {
            Ok(Some(picture)) => Ok(format!("data:{};base64,{}", picture.media_type, picture.base64)),
            Ok(None) => Err(failure(MessageCode::NotHereYet)),
            Err(fault) => {
                tracing::error!(%fault, hash, "a picture could not be read");
                Err(failure(MessageCode::Internal))
            }
        }
    }
}
