//! Pictures of the instruction steps: read once each, named by the hash of their bytes from then on.

use std::collections::BTreeMap;

use cordwainer_domain::product::Operation;
use sha2::{Digest, Sha256};

use super::factory::Picture;
use super::fault::FactoryFaults;
use super::source::Source;

/// Largest picture; it travels to every station with the rows.
const LARGEST_PICTURE_BYTES: usize = 256 * 1024;
/// What a drawing must not hold: it is shown inside the window, and words in it could not be translated.
const FORBIDDEN_IN_SVG: [&str; 5] = ["<script", "<text", "<foreignobject", "href", "<!entity"];

/// Reads the pictures that the operations name, and puts their hashes in the place of the names.
pub fn take_pictures(source: &Source, operations: &mut [Operation], faults: &mut FactoryFaults) -> Vec<Picture> {
    let mut by_name: BTreeMap<String, Picture> = BTreeMap::new();
    for operation in operations {
        for step in &mut operation.steps {
            if let Some(known) = by_name.get(&step.picture) {
                step.picture.clone_from(&known.hash);
                continue;
            }
            match read_picture(source, &step.picture) {
                Ok(picture) => {
                    let name = std::mem::replace(&mut step.picture, picture.hash.clone());
                    by_name.insert(name, picture);
                }
                Err(reason) => {
                    faults.push(
                        "operations.toml",
                        operation.id.as_str(),
                        format!("picture \"{}\": {reason}", step.picture),
                    );
                }
            }
        }
    }
    let by_hash: BTreeMap<String, Picture> =
        by_name.into_values().map(|picture| (picture.hash.clone(), picture)).collect();
    by_hash.into_values().collect()
}

fn read_picture(source: &Source, name: &str) -> Result<Picture, String> {
    if name.is_empty() || name.starts_with('.') || name.contains(['/', '\\', ':']) {
        return Err("write the plain name of a file in the folder pictures".into());
    }
    let media_type = match name.rsplit_once('.').map(|(_, ending)| ending) {
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        _ => return Err("a picture is an .svg or a .png file".into()),
    };
    let bytes = source.bytes(&format!("pictures/{name}"))?;
    if bytes.len() > LARGEST_PICTURE_BYTES {
        return Err(format!("{} bytes; at most {LARGEST_PICTURE_BYTES} travel to the stations", bytes.len()));
    }
    if media_type == "image/svg+xml" {
        let drawing = String::from_utf8_lossy(&bytes).to_lowercase();
        if let Some(found) = FORBIDDEN_IN_SVG.into_iter().find(|part| drawing.contains(part)) {
            return Err(format!("the drawing holds `{found}`; it must be without scripts, text and links"));
        }
    }
    Ok(Picture { hash: hex::encode(Sha256::digest(&bytes)), media_type, bytes })
}
