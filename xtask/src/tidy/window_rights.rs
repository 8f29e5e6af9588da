//! What the web view may do, as written in the shell's configuration. It shows text that others wrote (an order's note, a
//! customer's name), so it may run nothing but our own page and call nothing but our one command.

use serde_json::Value;

use super::{Finding, Sources};

const CONFIG: &str = "src-tauri/tauri.conf.json";
const CAPABILITIES: &str = "src-tauri/capabilities";
const MANIFEST: &str = "src-tauri/Cargo.toml";
/// The one window, and everything that it may ask for.
const WINDOW: &str = "main";
const PERMISSIONS: [&str; 3] = ["allow-rpc", "core:event:allow-listen", "core:event:allow-unlisten"];
/// Parts that the policy for contents must hold, word for word.
const POLICY: [&str; 6] = [
    "default-src 'self'",
    "object-src 'none'",
    "frame-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "font-src 'self'",
];
/// Where the page may connect to: itself, and Tauri's own calls.
const CONNECT: &str = "connect-src 'self' ipc: http://ipc.localhost";
/// What no part of the policy may hold.
const NEVER: [&str; 4] = ["unsafe-eval", "wasm-unsafe-eval", "https:", "*"];

/// Reads the configuration and the capabilities.
pub fn check(sources: &Sources) -> Vec<Finding> {
    let mut findings = Vec::new();
    match json(sources, CONFIG) {
        Some(config) => findings.extend(configuration(&config).into_iter().map(|what| Finding::new(CONFIG, what))),
        None => findings.push(Finding::new(CONFIG, "is missing or is no JSON")),
    }
    let mut capabilities = 0;
    for (path, text) in sources.texts_below(CAPABILITIES) {
        capabilities += 1;
        let found =
            serde_json::from_str(text).map_or_else(|_| vec!["is no JSON".to_owned()], |value| capability(&value));
        findings.extend(found.into_iter().map(|what| Finding::new(path, what)));
    }
    if capabilities != 1 {
        findings.push(Finding::new(CAPABILITIES, format!("holds {capabilities} capabilities; one window needs one")));
    }
    let manifest = sources.text(MANIFEST).unwrap_or_default();
    if manifest.contains("devtools") {
        findings.push(Finding::new(MANIFEST, "asks for devtools, which a release must not carry"));
    }
    findings
}

fn json(sources: &Sources, path: &str) -> Option<Value> {
    serde_json::from_str(sources.text(path)?).ok()
}

fn configuration(config: &Value) -> Vec<String> {
    let mut found = Vec::new();
    let mut must = |holds: bool, what: &str| {
        if !holds {
            found.push(what.to_owned());
        }
    };
    let app = &config["app"];
    let security = &app["security"];
    must(
        app["withGlobalTauri"] == false,
        "withGlobalTauri must be false: a script that got in would find the door open",
    );
    must(security["freezePrototype"] == true, "freezePrototype must be true");
    must(security["capabilities"] == serde_json::json!([WINDOW]), "names other capabilities than the one window's");
    must(security["dangerousDisableAssetCspModification"].is_null(), "Tauri must be left to complete the policy");
    must(security["assetProtocol"].is_null(), "files of this PC are not for the page");
    must(config["build"]["devUrl"].is_null(), "a release loads its own page, from no server");
    let policy = security["csp"].as_str().unwrap_or_default();
    let parts: Vec<&str> = policy.split(';').map(str::trim).collect();
    for part in POLICY.into_iter().chain([CONNECT]) {
        must(parts.contains(&part), &format!("the policy for contents lacks `{part}`"));
    }
    for word in NEVER {
        must(!policy.contains(word), &format!("the policy for contents allows `{word}`"));
    }
    let scripts = parts.iter().find(|part| part.starts_with("script-src"));
    must(scripts.is_none_or(|part| *part == "script-src 'self'"), "scripts come from the page itself alone");
    found
}

fn capability(value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    if value["windows"] != serde_json::json!([WINDOW]) {
        found.push("is for other windows than the one".to_owned());
    }
    for key in ["remote", "webviews"] {
        if !value[key].is_null() {
            found.push(format!("has `{key}`: no page of another origin has any right"));
        }
    }
    let permissions = value["permissions"].as_array().map(Vec::as_slice).unwrap_or_default();
    let more =
        permissions.iter().filter(|permission| !permission.as_str().is_some_and(|name| PERMISSIONS.contains(&name)));
    found.extend(more.map(|permission| format!("allows {permission}, which the window does not need")));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD_CONFIG: &str = r#"{ "app": { "withGlobalTauri": false, "security": { "freezePrototype": true,
        "csp": "default-src 'self'; font-src 'self'; connect-src 'self' ipc: http://ipc.localhost; object-src 'none'; frame-src 'none'; base-uri 'none'; form-action 'none'",
        "capabilities": ["main"] } }, "build": { "frontendDist": "../ui/dist" } }"#;
    const GOOD_CAPABILITY: &str = r#"{ "windows": ["main"], "permissions": ["allow-rpc", "core:event:allow-listen"] }"#;

    fn found(config: &str, capability: &str, manifest: &str) -> Vec<String> {
        let files = [(CONFIG, config), ("src-tauri/capabilities/main.json", capability), (MANIFEST, manifest)];
        check(&Sources::of(&files)).into_iter().map(|finding| finding.what).collect()
    }

    #[test]
    fn what_the_window_needs_is_enough() {
        assert_eq!(found(GOOD_CONFIG, GOOD_CAPABILITY, ""), Vec::<String>::new(), "nothing to find");
    }

    #[test]
    fn every_way_of_loosening_the_configuration_is_found() {
        for (from, to) in [
            ("\"withGlobalTauri\": false", "\"withGlobalTauri\": true"),
            ("\"freezePrototype\": true,", ""),
            ("default-src 'self';", "default-src 'self' 'unsafe-eval';"),
            ("default-src 'self';", ""),
            ("frame-src 'none'", "frame-src https://example.com"),
            ("connect-src 'self' ipc:", "connect-src * ipc:"),
            ("form-action 'none'", "script-src 'self' 'unsafe-inline'; form-action 'none'"),
            ("[\"main\"]", "[\"main\", \"other\"]"),
            ("\"frontendDist\"", "\"devUrl\": \"http://localhost:1420\", \"frontendDist\""),
        ] {
            let loosened = GOOD_CONFIG.replace(from, to);
            assert_ne!(loosened, GOOD_CONFIG, "{from} is there to be loosened");
            assert!(!found(&loosened, GOOD_CAPABILITY, "").is_empty(), "{to:?} is found");
        }
    }

    #[test]
    fn every_further_right_is_found() {
        for capability in [
            r#"{ "windows": ["main"], "permissions": ["allow-rpc", "shell:allow-execute"] }"#,
            r#"{ "windows": ["main"], "permissions": ["allow-rpc", { "identifier": "fs:allow-read" }] }"#,
            r#"{ "windows": ["*"], "permissions": ["allow-rpc"] }"#,
            r#"{ "windows": ["main"], "remote": { "urls": ["https://example.com"] }, "permissions": ["allow-rpc"] }"#,
            r#"{ "windows": ["main"], "webviews": ["other"], "permissions": ["allow-rpc"] }"#,
        ] {
            assert_eq!(found(GOOD_CONFIG, capability, "").len(), 1, "{capability}");
        }
        assert_eq!(found(GOOD_CONFIG, GOOD_CAPABILITY, "features = [\"devtools\"]").len(), 1, "devtools in a release");
    }
}
