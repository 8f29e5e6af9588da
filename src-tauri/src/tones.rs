//! Tones: every scan is answered with one of ours, made in Rust, because web audio starts suspended and a scan is no user
//! gesture. A station without any audio device works on in silence and says so once.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use cordwainer_protocol::station::Tone;
use rodio::source::{SineWave, Source};
use rodio::{OutputStream, OutputStreamBuilder, StreamError};

/// Volume of all tones, of 1.
const VOLUME: f32 = 0.35;

/// Plays tones on a thread of its own, so that a slow sound card never delays an answer.
#[derive(Clone)]
pub struct TonePlayer {
    tones: Sender<Tone>,
}

impl TonePlayer {
    /// Starts the player. `no_sound` is called once if there is no audio device.
    pub fn start(no_sound: impl FnOnce() + Send + 'static) -> Self {
        Self::start_on(OutputStreamBuilder::open_default_stream, no_sound)
    }

    fn start_on(
        open: impl FnOnce() -> Result<OutputStream, StreamError> + Send + 'static,
        no_sound: impl FnOnce() + Send + 'static,
    ) -> Self {
        let (tones, wanted) = channel();
        std::thread::Builder::new()
            .name("tones".to_owned())
            .spawn(move || play_all(open, &wanted, no_sound))
            .map_err(|fault| tracing::warn!(%fault, "no thread for tones; the station stays silent"))
            .ok();
        Self { tones }
    }

    /// Plays a tone, if it can be played.
    pub fn play(&self, tone: Tone) {
        // A player that has ended has said so already.
        self.tones.send(tone).ok();
    }
}

fn play_all(
    open: impl FnOnce() -> Result<OutputStream, StreamError>,
    wanted: &Receiver<Tone>,
    no_sound: impl FnOnce(),
) {
    let stream = match open() {
        Ok(mut stream) => {
            stream.log_on_drop(false);
            stream
        }
        Err(fault) => {
            tracing::warn!(%fault, "no audio device; the station stays silent");
            no_sound();
            return;
        }
    };
    while let Ok(tone) = wanted.recv() {
        for (start_ms, frequency_hz, length_ms) in notes(tone) {
            let note = SineWave::new(*frequency_hz)
                .take_duration(Duration::from_millis(*length_ms))
                .fade_in(Duration::from_millis(4))
                .amplify(VOLUME)
                .delay(Duration::from_millis(*start_ms));
            stream.mixer().add(note);
        }
    }
}

/// A tone as notes: start in ms, frequency in Hz, length in ms. Done and refused differ in rhythm as well as in pitch, so
/// that a worker with poor hearing, or beside a loud machine, tells them apart.
fn notes(tone: Tone) -> &'static [(u64, f32, u64)] {
    match tone {
        Tone::Started => &[(0, 660.0, 90), (90, 880.0, 110)],
        Tone::Done => &[(0, 880.0, 90), (90, 1_108.7, 90), (180, 1_318.5, 220)],
        Tone::Noted => &[(0, 880.0, 70)],
        Tone::Question => &[(0, 740.0, 120), (170, 988.0, 120)],
        Tone::UnknownCode => &[(0, 330.0, 110), (160, 330.0, 110), (320, 330.0, 110)],
        Tone::WrongStation => &[(0, 440.0, 160), (200, 311.1, 260)],
        Tone::NotYourTurn => &[(0, 392.0, 160), (200, 392.0, 260)],
        Tone::Failure => &[(0, 220.0, 480)],
        Tone::Silent => &[],
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use cordwainer_protocol::station::Tone;
    use rodio::StreamError;

    use super::{TonePlayer, notes};

    #[test]
    fn without_an_audio_device_the_station_is_told_once_and_works_on() {
        let (told, heard) = channel();
        let player = TonePlayer::start_on(|| Err(StreamError::NoDevice), move || told.send(()).unwrap());
        heard.recv().expect("somebody is told");
        player.play(Tone::Done);
        assert!(heard.recv().is_err(), "once; and a tone that nobody can play stops nothing");
    }

    #[test]
    fn no_two_tones_sound_alike() {
        let tones = [
            Tone::Started,
            Tone::Done,
            Tone::Noted,
            Tone::Question,
            Tone::UnknownCode,
            Tone::WrongStation,
            Tone::NotYourTurn,
            Tone::Failure,
        ];
        for (index, one) in tones.iter().enumerate() {
            for other in &tones[index + 1..] {
                assert_ne!(notes(*one), notes(*other), "{one:?} and {other:?} must be told apart by ear");
            }
        }
    }
}
