//! Where a simulated printer's labels fall: as files with their data, and as pictures of what would be on the paper.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use cordwainer_labels::Raster;
use image::{GrayImage, ImageFormat};
use serde::Serialize;

use super::language::SimulatedLanguage;

/// A label that came out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PrintedLabel {
    /// Counts from 1; a folder that already holds labels is counted on.
    pub number: u32,
    /// How many were asked for; 1 where the data cannot be read.
    pub copies: u32,
    /// Its data.
    #[serde(skip)]
    pub bytes: Vec<u8>,
    /// Where the data is kept.
    pub file: Option<PathBuf>,
    /// Where its picture is kept.
    pub picture: Option<PathBuf>,
    /// Why there is no picture: a real printer might print this otherwise than we mean it, or not at all.
    pub unreadable: Option<String>,
}

/// Numbers labels and keeps them, if it has a folder.
#[derive(Debug)]
pub(super) struct Tray {
    keep: Option<PathBuf>,
    language: Arc<dyn SimulatedLanguage>,
    last_number: u32,
}

impl Tray {
    pub(super) fn new(keep: Option<PathBuf>, language: Arc<dyn SimulatedLanguage>) -> io::Result<Self> {
        keep.as_ref().map_or(Ok(()), fs::create_dir_all)?;
        Ok(Self { keep, language, last_number: 0 })
    }

    pub(super) fn take(&mut self, bytes: Vec<u8>) -> PrintedLabel {
        let (seen, unreadable) = match self.language.read(&bytes) {
            Ok(label) => (Some(label), None),
            Err(reason) => (None, Some(reason)),
        };
        let stem = self.next_stem();
        let file = kept(stem.as_deref().map(|stem| write_aside(&stem.with_extension(self.language.name()), &bytes)));
        let picture = match (&seen, &stem) {
            (Some(label), Some(stem)) => kept(Some(draw(&stem.with_extension("png"), &label.raster))),
            _ => None,
        };
        let copies = seen.map_or(1, |label| label.copies);
        PrintedLabel { number: self.last_number, copies, bytes, file, picture, unreadable }
    }

    /// Counts on, past what an earlier run left in the folder.
    fn next_stem(&mut self) -> Option<PathBuf> {
        self.last_number += 1;
        let folder = self.keep.as_ref()?;
        let stem = |number: u32| folder.join(format!("label-{number:04}"));
        while stem(self.last_number).with_extension(self.language.name()).exists() {
            self.last_number += 1;
        }
        Some(stem(self.last_number))
    }
}

/// A full disk must be seen, but it does not stop a printer.
fn kept(written: Option<io::Result<PathBuf>>) -> Option<PathBuf> {
    written?.inspect_err(|error| tracing::error!(%error, "label not kept")).ok()
}

/// Writes aside and renames, so that whoever watches the folder never sees half a file.
fn write_aside(path: &Path, bytes: &[u8]) -> io::Result<PathBuf> {
    let aside = path.with_extension("arriving");
    fs::write(&aside, bytes)?;
    fs::rename(&aside, path)?;
    Ok(path.to_path_buf())
}

fn draw(path: &Path, raster: &Raster) -> io::Result<PathBuf> {
    let picture = GrayImage::from_raw(raster.width_dots(), raster.height_dots(), raster.to_luma())
        .ok_or_else(|| io::Error::other("the picture is not as large as it says"))?;
    let mut png = io::Cursor::new(Vec::new());
    picture.write_to(&mut png, ImageFormat::Png).map_err(io::Error::other)?;
    write_aside(path, png.get_ref())
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU16;

    use cordwainer_labels::zpl;

    use super::super::zpl::Zpl;
    use super::*;

    fn tray(keep: Option<PathBuf>) -> Tray {
        Tray::new(keep, Arc::new(Zpl)).expect("a folder")
    }

    #[test]
    fn a_label_is_kept_with_the_picture_of_what_is_on_the_paper() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut raster = Raster::white(20, 3);
        raster.set_black(19, 2);
        let zpl = zpl::encode(&raster, NonZeroU16::MIN.saturating_add(1)).trim_ascii().to_vec();
        let mut tray = tray(Some(folder.path().into()));
        let label = tray.take(zpl.clone());
        assert_eq!((label.copies, label.unreadable), (2, None), "it is understood, the number of copies too");
        assert_eq!(fs::read(label.file.expect("kept")).expect("readable"), zpl, "the data as it came");
        let picture = image::open(label.picture.expect("drawn")).expect("a PNG").into_luma8();
        assert_eq!(picture.into_raw(), raster.to_luma(), "dot for dot what was sent");
    }

    #[test]
    fn what_cannot_be_read_is_kept_and_said_so() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut tray = tray(Some(folder.path().into()));
        let label = tray.take(b"^XA^FDtext^FS^XZ".to_vec());
        assert!(
            label.file.is_some() && label.picture.is_none(),
            "the data is evidence, a guessed picture would not be"
        );
        assert!(label.unreadable.is_some(), "and the reason is told");
    }

    #[test]
    fn labels_of_an_earlier_run_are_never_overwritten() {
        let folder = tempfile::tempdir().expect("a folder");
        for expected in 1..=3 {
            let mut tray = tray(Some(folder.path().into()));
            assert_eq!(tray.take(b"^XA^XZ".to_vec()).number, expected, "counted on");
        }
    }

    #[test]
    fn without_a_folder_labels_are_still_counted() {
        let mut tray = tray(None);
        let numbers: Vec<u32> = (0..2).map(|_| tray.take(b"^XA^XZ".to_vec()).number).collect();
        assert_eq!(numbers, [1, 2], "in order");
    }
}
