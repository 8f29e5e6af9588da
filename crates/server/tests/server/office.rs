//! A person of the office, as the server meets them: a browser with a cookie, and an authenticator app.

use cordwainer_domain::Language;
use cordwainer_domain::people::OfficeRole;
use cordwainer_protocol::office::OFFICE_HEADER;
use cordwainer_server::clock::Clock;
use cordwainer_server::test_support::office::code_shown;
use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};

use crate::world::World;

/// What every person of these stories chooses.
pub const PASSWORD: &str = "kettle orbit mango";

/// A browser without a person.
pub struct Browser {
    url: String,
    client: Client,
    pub cookie: Option<String>,
}

/// A person with an account that is set up, signed in.
pub struct Person {
    pub browser: Browser,
    pub account: String,
    /// The secret in the authenticator app, base 32.
    pub secret: String,
    pub recovery_codes: Vec<String>,
}

/// What the server said.
#[derive(Debug, PartialEq)]
pub struct Said {
    pub status: u16,
    pub body: Value,
}

impl Said {
    /// The refusal that the screens have words for.
    pub fn refusal(&self) -> &str {
        self.body["refusal"].as_str().unwrap_or_default()
    }

    /// The body of a success.
    #[track_caller]
    pub fn ok(self) -> Value {
        assert!((200..300).contains(&self.status), "{self:?}");
        self.body
    }
}

impl Browser {
    pub fn new(url: String) -> Self {
        Self { url, client: Client::new(), cookie: None }
    }

    /// A request as our own page sends it.
    pub fn request(&self, method: &Method, path: &str) -> RequestBuilder {
        let mut request = self.bare(method, path).header(OFFICE_HEADER, "1");
        if let Some(cookie) = &self.cookie {
            request = request.header("cookie", cookie);
        }
        request
    }

    /// A request without anything that our page adds.
    pub fn bare(&self, method: &Method, path: &str) -> RequestBuilder {
        self.client.request(method.clone(), format!("{}/api/v1{path}", self.url))
    }

    /// Sends a request and keeps the cookie that comes back.
    pub async fn send(&mut self, request: RequestBuilder) -> Said {
        let response = request.send().await.unwrap();
        let set = response.headers().get("set-cookie").map(|value| value.to_str().unwrap().to_owned());
        if let Some(set) = set {
            self.cookie = set.split(';').next().map(str::to_owned);
        }
        let status = response.status().as_u16();
        let text = response.text().await.unwrap();
        Said { status, body: serde_json::from_str(&text).unwrap_or(Value::Null) }
    }

    pub async fn get(&mut self, path: &str) -> Said {
        self.send(self.request(&Method::GET, path)).await
    }

    pub async fn post(&mut self, path: &str, body: &Value) -> Said {
        self.send(self.request(&Method::POST, path).json(body)).await
    }

    pub async fn put(&mut self, path: &str, body: &Value) -> Said {
        self.send(self.request(&Method::PUT, path).json(body)).await
    }

    pub async fn delete(&mut self, path: &str) -> Said {
        self.send(self.request(&Method::DELETE, path)).await
    }

    pub async fn sign_in(&mut self, login: &str, password: &str, code: Option<&str>) -> Said {
        self.post("/session", &json!({ "login": login, "password": password, "code": code })).await
    }
}

impl World {
    pub fn browser(&self) -> Browser {
        Browser::new(self.server.url())
    }

    /// Makes an account; the person chooses a password, sets up the second factor, and is signed in.
    pub async fn person(&self, login: &str, roles: &[OfficeRole]) -> Person {
        let added = self.store().add_account(None, login, "Somebody", roles, Language::En).await.unwrap();
        let one_time = added.password.password.expose().clone();
        let mut browser = self.browser();
        let session = browser.sign_in(login, &one_time, None).await.ok();
        assert_eq!(session["due"], "new_password", "a password that somebody else made is good for one thing");
        let chosen = json!({ "current": one_time, "password": PASSWORD });
        let session = browser.put("/session/password", &chosen).await.ok();
        assert_eq!(session["due"], "second_factor", "then the second factor");
        let account = session["account"]["id"].as_str().unwrap().to_owned();
        let mut person = Person { browser, account, secret: String::new(), recovery_codes: Vec::new() };
        person.set_up_app(self).await;
        person
    }
}

impl Person {
    /// Sets up the authenticator app.
    pub async fn set_up_app(&mut self, world: &World) {
        let offer = self.browser.post("/session/second-factor", &json!({})).await.ok();
        self.secret = offer["secret"].as_str().unwrap().to_owned();
        let proof = json!({ "code": self.code(world) });
        let codes = self.browser.put("/session/second-factor", &proof).await.ok();
        self.recovery_codes =
            codes["codes"].as_array().unwrap().iter().map(|code| code.as_str().unwrap().to_owned()).collect();
    }

    /// What the app shows now.
    pub fn code(&self, world: &World) -> String {
        code_shown(&self.secret, world.clock.now())
    }
}
