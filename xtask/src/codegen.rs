//! `cargo xtask codegen`: the TypeScript of the wire types, written by the protocol crate itself.

use std::{collections::BTreeMap, fs, path::Path};

use xshell::cmd;

use crate::{
    Outcome,
    checkout::{Checkout, relative},
};

/// The folder, below the top, that holds nothing but generated files.
pub const GENERATED: &str = "ui/src/lib/protocol";

/// Replaces the generated folder.
pub fn perform(checkout: &Checkout) -> Outcome {
    let fresh = generate(checkout)?;
    let folder = checkout.root.join(GENERATED);
    checkout.shell.remove_path(&folder)?;
    for (name, text) in &fresh {
        checkout.shell.write_file(folder.join(name), text)?;
    }
    println!("{GENERATED}: {} files", fresh.len());
    Ok(())
}

/// What the folder should hold: file name below it → text.
pub fn generate(checkout: &Checkout) -> Outcome<BTreeMap<String, String>> {
    let shell = &checkout.shell;
    let scratch = shell.create_temp_dir()?;
    let folder = scratch.path();
    // Built over the whole workspace so that the libraries which the tests built are used again.
    cmd!(shell, "cargo build --quiet --locked --workspace --example export_ts").quiet().run()?;
    let exporter = checkout.program(crate::checkout::Profile::Dev, "examples/export_ts")?;
    cmd!(shell, "{exporter} {folder}").quiet().ignore_stdout().run()?;
    let mut files = BTreeMap::new();
    collect(folder, folder, &mut files)?;
    if files.is_empty() { Err("export_ts wrote no file".into()) } else { Ok(files) }
}

fn collect(top: &Path, folder: &Path, files: &mut BTreeMap<String, String>) -> Outcome {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(top, &path, files)?;
        } else {
            files.insert(relative(top, &path), fs::read_to_string(&path)?);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn generated_files_are_found_in_folders_below() {
        let folder = tempfile::tempdir().expect("a scratch folder");
        fs::create_dir(folder.path().join("serde_json")).expect("a folder in it");
        fs::write(folder.path().join("Job.ts"), "a").expect("a file");
        fs::write(folder.path().join("serde_json/JsonValue.ts"), "b").expect("a file below");
        let mut files = BTreeMap::new();
        collect(folder.path(), folder.path(), &mut files).expect("readable");
        let names: Vec<_> = files.keys().map(String::as_str).collect();
        assert_eq!(names, ["Job.ts", "serde_json/JsonValue.ts"], "names are relative, with forward slashes");
    }
}
