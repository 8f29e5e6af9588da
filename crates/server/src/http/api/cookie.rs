//! The session's cookie: out of reach of scripts, of other sites, and of open wires.

use axum::http::header::{COOKIE, InvalidHeaderValue};
use axum::http::{HeaderMap, HeaderValue};
use cordwainer_protocol::Secret;

/// Over TLS. A browser takes a `__Host-` cookie from this very host only, never from a neighbour of the domain.
const SECURE_NAME: &str = "__Host-cordwainer-office";
/// Within this machine, where there is no TLS.
const LOCAL_NAME: &str = "cordwainer-office";
/// Seconds until the browser forgets it; the server forgets it by its own clock.
const MAX_AGE_S: i64 = crate::store::account_session::LONGEST_MS / 1_000;

const fn name(tls: bool) -> &'static str {
    if tls { SECURE_NAME } else { LOCAL_NAME }
}

/// The token that a request shows.
pub(super) fn token(headers: &HeaderMap, tls: bool) -> Option<Secret> {
    let cookies = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(shown, _)| *shown == name(tls)).map(|(_, token)| Secret::from(token))
}

/// The header that hands a token to the browser.
pub(super) fn set(token: &Secret, tls: bool) -> Result<HeaderValue, InvalidHeaderValue> {
    let secure = if tls { "; Secure" } else { "" };
    let name = name(tls);
    let text = format!("{name}={}; Path=/; HttpOnly; SameSite=Strict; Max-Age={MAX_AGE_S}{secure}", token.expose());
    let mut value = HeaderValue::from_str(&text)?;
    value.set_sensitive(true);
    Ok(value)
}

/// The header that takes it away again.
pub(super) fn clear(tls: bool) -> Result<HeaderValue, InvalidHeaderValue> {
    let secure = if tls { "; Secure" } else { "" };
    HeaderValue::from_str(&format!("{}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0{secure}", name(tls)))
}

#[cfg(test)]
mod tests {
    use super::{set, token};
    use axum::http::HeaderMap;
    use cordwainer_protocol::Secret;

    #[test]
    fn a_cookie_is_out_of_reach_and_found_again() {
        let secure = set(&Secret::from("abc"), true).unwrap();
        assert_eq!(
            secure.to_str().unwrap(),
            "__Host-cordwainer-office=abc; Path=/; HttpOnly; SameSite=Strict; Max-Age=43200; Secure",
            "over TLS"
        );
        assert!(!format!("{secure:?}").contains("abc"), "a header that is logged does not show it");
        let mut headers = HeaderMap::new();
        headers.insert("cookie", "a=1; cordwainer-office=local; __Host-cordwainer-office=abc".parse().unwrap());
        let found = |tls| token(&headers, tls).map(|token| token.expose().clone());
        assert_eq!(found(true).as_deref(), Some("abc"), "over TLS only the one that needs TLS counts");
        assert_eq!(found(false).as_deref(), Some("local"), "and within this machine the other");
    }
}
