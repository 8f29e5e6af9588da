//! How a serial line is set: speed and the shape of a character.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use crate::AddressError;

/// The speed most scanners leave the factory with.
const USUAL_BAUD: u32 = 9600;

/// The check bit of a character.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Parity {
    /// None.
    None,
    /// Even.
    Even,
    /// Odd.
    Odd,
}

/// How the other end says "wait".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FlowControl {
    /// Not at all: what it cannot take is lost.
    None,
    /// By a wire, RTS/CTS.
    Wire,
    /// By a character, XON/XOFF.
    Character,
}

/// Written `BAUD`, with 8 data bits, no parity, one stop bit and no flow control understood; or `BAUD,7E1`, for many
/// balances and callipers leave the factory with seven bits and even parity; or `BAUD,8N1,rtscts` and `BAUD,8N1,xonxoff`, for
/// printers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct LineSettings {
    /// Speed in baud. A USB-CDC device ignores it.
    pub baud: u32,
    /// 7 or 8 bits of data.
    pub data_bits: u8,
    /// The check bit.
    pub parity: Parity,
    /// 1 or 2.
    pub stop_bits: u8,
    /// How the other end says "wait".
    pub flow: FlowControl,
}

impl LineSettings {
    /// 8 data bits, no parity, one stop bit.
    pub const fn plain(baud: u32) -> Self {
        Self { baud, data_bits: 8, parity: Parity::None, stop_bits: 1, flow: FlowControl::None }
    }

    /// Whether nothing but the speed is out of the ordinary.
    pub fn is_plain(self) -> bool {
        self == Self::plain(self.baud)
    }

    /// How long `bytes` are on the wire, which every character leaves with a start bit in front.
    pub(crate) fn wire_time(self, bytes: usize) -> Duration {
        let bits_a_character =
            1 + u32::from(self.data_bits) + u32::from(self.parity != Parity::None) + u32::from(self.stop_bits);
        Duration::from_secs_f64(bytes as f64 * f64::from(bits_a_character) / f64::from(self.baud))
    }

    /// Opens the port at `path`, for this program alone.
    pub(crate) fn open(self, path: &str, timeout: Duration) -> serialport::Result<Box<dyn serialport::SerialPort>> {
        let data_bits = if self.data_bits == 7 { serialport::DataBits::Seven } else { serialport::DataBits::Eight };
        let stop_bits = if self.stop_bits == 2 { serialport::StopBits::Two } else { serialport::StopBits::One };
        let parity = match self.parity {
            Parity::None => serialport::Parity::None,
            Parity::Even => serialport::Parity::Even,
            Parity::Odd => serialport::Parity::Odd,
        };
        let flow = match self.flow {
            FlowControl::None => serialport::FlowControl::None,
            FlowControl::Wire => serialport::FlowControl::Hardware,
            FlowControl::Character => serialport::FlowControl::Software,
        };
        serialport::new(path, self.baud)
            .flow_control(flow)
            .data_bits(data_bits)
            .parity(parity)
            .stop_bits(stop_bits)
            .timeout(timeout)
            .open()
    }

    /// Splits `PLACE[@BAUD[,8N1]]`. A place may contain an `@` of its own, and then what follows is no number.
    pub(crate) fn split_from(text: &str) -> Result<(&str, Self), AddressError> {
        let is_speed = |line: &str| line.bytes().take_while(|&b| b != b',').all(|b| b.is_ascii_digit());
        match text.rsplit_once('@') {
            Some((place, line)) if is_speed(line) => Ok((place, line.parse()?)),
            _ => Ok((text, Self::default())),
        }
    }
}

impl Default for LineSettings {
    fn default() -> Self {
        Self::plain(USUAL_BAUD)
    }
}

impl FromStr for LineSettings {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (speed, rest) = text.split_once(',').unwrap_or((text, "8N1"));
        let (shape, flow) = rest.split_once(',').unwrap_or((rest, ""));
        let baud = speed.parse().ok().filter(|&baud: &u32| baud > 0);
        let baud = baud.ok_or_else(|| AddressError::BadNumber(speed.to_owned(), "line speed"))?;
        let bad_shape = || AddressError::BadNumber(shape.to_owned(), "shape of a character, such as 8N1 or 7E1");
        let &[data_bits @ (b'7' | b'8'), parity, stop_bits @ (b'1' | b'2')] = shape.as_bytes() else {
            return Err(bad_shape());
        };
        let parity = match parity {
            b'N' => Parity::None,
            b'E' => Parity::Even,
            b'O' => Parity::Odd,
            _ => return Err(bad_shape()),
        };
        let flow = match flow {
            "" => FlowControl::None,
            "rtscts" => FlowControl::Wire,
            "xonxoff" => FlowControl::Character,
            _ => return Err(AddressError::UnknownKind(flow.to_owned(), "rtscts or xonxoff")),
        };
        Ok(Self { baud, data_bits: data_bits - b'0', parity, stop_bits: stop_bits - b'0', flow })
    }
}

impl fmt::Display for LineSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.baud)?;
        if self.is_plain() {
            return Ok(());
        }
        let parity = match self.parity {
            Parity::None => 'N',
            Parity::Even => 'E',
            Parity::Odd => 'O',
        };
        write!(f, ",{}{parity}{}", self.data_bits, self.stop_bits)?;
        f.write_str(match self.flow {
            FlowControl::None => "",
            FlowControl::Wire => ",rtscts",
            FlowControl::Character => ",xonxoff",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_written_shortly_and_read_back() {
        for (text, line) in [
            ("9600", LineSettings::plain(9600)),
            ("2400,7E1", LineSettings { data_bits: 7, parity: Parity::Even, ..LineSettings::plain(2400) }),
            ("4800,8O2", LineSettings { parity: Parity::Odd, stop_bits: 2, ..LineSettings::plain(4800) }),
            ("19200,8N1,rtscts", LineSettings { flow: FlowControl::Wire, ..LineSettings::plain(19_200) }),
            ("9600,8N1,xonxoff", LineSettings { flow: FlowControl::Character, ..LineSettings::plain(9600) }),
        ] {
            assert_eq!((text.parse(), line.to_string()), (Ok(line), text.to_owned()), "{text}");
        }
        assert_eq!("19200,8N1".parse(), Ok(LineSettings::plain(19_200)), "what is understood may also be said");
    }

    #[test]
    fn twenty_characters_at_9600_take_a_fiftieth_of_a_second() {
        let ms = |line: LineSettings| line.wire_time(20).as_micros();
        assert_eq!(ms(LineSettings::plain(9600)), 20_833, "ten bits a character");
        assert_eq!(ms(LineSettings { parity: Parity::Even, ..LineSettings::plain(9600) }), 22_916, "a check bit more");
    }

    #[test]
    fn a_wrong_line_says_what_is_wrong() {
        for (text, said) in [
            ("", "line speed"),
            ("0", "line speed"),
            ("9600,9N1", "8N1"),
            ("9600,8X1", "8N1"),
            ("9600,8N", "8N1"),
            ("9600,8N1,dtr", "rtscts"),
        ] {
            let error = text.parse::<LineSettings>().expect_err(text).to_string();
            assert!(error.contains(said), "{text}: {error}");
        }
    }
}
