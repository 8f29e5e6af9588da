//! Generates Tauri's context, and the permission for the one command that the web view may call.

fn main() {
    let manifest = tauri_build::AppManifest::new().commands(&["rpc"]);
    if let Err(fault) = tauri_build::try_build(tauri_build::Attributes::new().app_manifest(manifest)) {
        println!("cargo::error={fault:#}");
    }
}
