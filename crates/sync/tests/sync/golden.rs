//! Golden files: what stations have on disk, for ever. A change that breaks one would orphan recorded work, so a new shape
//! is a new kind version with an up-caster and a file of its own; an existing file is never written again.
//!
//! To add files for a new kind or version, add samples and run this test with `CORDWAINER_WRITE_GOLDEN=1`.

use std::path::PathBuf;

use cordwainer_domain::production::{Action, Fact};
use cordwainer_sync::{Hash, PublicKey, Purpose, Signature, SigningKey, body_hash, decode, encode, link, read_header};
use serde::{Deserialize, Serialize};

use crate::samples;

/// The key whose signatures the files carry; public, and good for nothing else.
fn key() -> SigningKey {
    SigningKey::from_seed(b"cordwainer golden files, seed 01")
}

#[derive(Serialize, Deserialize)]
struct GoldenFile {
    kind: String,
    kind_version: u32,
    public_key: PublicKey,
    samples: Vec<GoldenSample>,
}

#[derive(Serialize, Deserialize, PartialEq, Debug)]
struct GoldenSample {
    /// Canonical bytes; they are UTF-8.
    body: String,
    body_hash: Hash,
    /// The first link of a chain that begins with this action.
    chain_hash: Hash,
    signature: Signature,
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("golden")
}

fn golden_sample(action: &Action) -> GoldenSample {
    let body = encode(action).unwrap();
    GoldenSample {
        body_hash: body_hash(&body),
        chain_hash: link(Hash::START, &body),
        signature: key().sign(Purpose::Action, &body),
        body: String::from_utf8(body).unwrap(),
    }
}

/// Every file there is, whatever program wrote it.
fn files() -> Vec<(String, GoldenFile)> {
    let mut files: Vec<(String, GoldenFile)> = std::fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (name, serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap())
        })
        .collect();
    files.sort_by(|a, b| a.0.cmp(&b.0));
    files
}

fn samples_of(kind: &str) -> Vec<Action> {
    samples::all().into_iter().filter(|action| action.fact.kind() == kind).collect()
}

#[test]
fn every_kind_that_is_written_today_has_a_golden_file() {
    for kind in Fact::KINDS {
        let samples = samples_of(kind);
        let version = samples.first().unwrap_or_else(|| panic!("{kind} has no sample")).fact.kind_version();
        let path = folder().join(format!("{kind}-v{version}.json"));
        if !path.exists() && std::env::var_os("CORDWAINER_WRITE_GOLDEN").is_some() {
            let file = GoldenFile {
                kind: kind.to_owned(),
                kind_version: version,
                public_key: key().public(),
                samples: samples.iter().map(golden_sample).collect(),
            };
            std::fs::write(&path, serde_json::to_string_pretty(&file).unwrap() + "\n").unwrap();
        }
        assert!(path.exists(), "{kind} version {version} has no golden file");
    }
}

#[test]
fn golden_files_are_named_for_what_is_in_them() {
    for (name, file) in files() {
        assert_eq!(name, format!("{}-v{}.json", file.kind, file.kind_version), "a file is found by its name");
        assert!(!file.samples.is_empty(), "{name} proves nothing");
        for sample in &file.samples {
            let header = read_header(sample.body.as_bytes()).unwrap();
            assert_eq!((header.kind, header.kind_version), (file.kind.clone(), file.kind_version), "{name}");
        }
    }
}

#[test]
fn golden_files_decode_for_ever() {
    for (name, file) in files() {
        for (place, sample) in file.samples.iter().enumerate() {
            let body = sample.body.as_bytes();
            let action = decode(body).unwrap_or_else(|fault| panic!("{name} sample {place}: {fault}"));
            assert_eq!(action.fact.kind(), file.kind, "{name} sample {place} is read as its kind");
            assert_eq!(body_hash(body), sample.body_hash, "{name} sample {place}: the hash of its bytes");
            assert_eq!(link(Hash::START, body), sample.chain_hash, "{name} sample {place}: the link it makes");
            let signed = file.public_key.verify(Purpose::Action, body, &sample.signature);
            assert_eq!(signed, Ok(()), "{name} sample {place}: the signature still fits");
        }
    }
}

#[test]
fn what_is_written_today_is_byte_for_byte_what_the_golden_files_hold() {
    for (name, file) in files() {
        let today = samples_of(&file.kind);
        if today.first().is_none_or(|action| action.fact.kind_version() != file.kind_version) {
            continue; // An older version: it is only read.
        }
        for (place, sample) in file.samples.iter().enumerate() {
            let action = decode(sample.body.as_bytes()).unwrap();
            assert_eq!(golden_sample(&action), *sample, "{name} sample {place}: read and written again");
            assert!(today.contains(&action), "{name} sample {place}: no sample of the program means this any more");
        }
        for action in today {
            let body = String::from_utf8(encode(&action).unwrap()).unwrap();
            assert!(file.samples.iter().any(|sample| sample.body == body), "{name}: a sample is missing: {body}");
        }
    }
}
