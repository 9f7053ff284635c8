//! How numbers are written, on the screen and in tables: one unit a column, never wider than their cell.
//!
//! Everything here is ASCII by construction and is written into a few bytes on the stack, because a screen
//! holds hundreds of numbers and is drawn anew for every change.

use std::fmt::{self, Write};
use std::time::Duration;

/// What stands for a number that is not known.
pub const MISSING: Number = Number { bytes: *b"-\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", length: 1 };

/// The letters of one number, at most 23.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Number {
    bytes: [u8; 23],
    length: u8,
}

impl Number {
    const EMPTY: Self = Self { bytes: [0; 23], length: 0 };

    /// The number as it is drawn.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.bytes[..usize::from(self.length)]).unwrap_or_default()
    }

    /// Cells that it takes.
    #[must_use]
    pub const fn width(&self) -> u16 {
        self.length as u16
    }

    /// Itself where it fits into `width` cells, else the largest round number that it exceeds: `>999k`.
    #[must_use]
    pub fn within(self, width: u16) -> Self {
        if self.width() <= width {
            return self;
        }
        // What a count with thousands marks exceeds when it does not fit into so many cells.
        let cut = match width {
            0 => "",
            1 => ">",
            2 => ">9",
            3 => ">99",
            4 => ">999",
            5 => ">9k",
            6 => ">99k",
            7 | 8 => ">999k",
            9 => ">9M",
            10 => ">99M",
            _ => ">999M",
        };
        written(format_args!("{cut}"))
    }
}

impl fmt::Debug for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl Write for Number {
    /// Takes printable ASCII as far as there is room.
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for byte in text.bytes() {
            let at = usize::from(self.length);
            if at == self.bytes.len() || !(b' '..=b'~').contains(&byte) {
                return Err(fmt::Error);
            }
            self.bytes[at] = byte;
            self.length += 1;
        }
        Ok(())
    }
}

/// What `arguments` write, or `>` if they are longer than any number here should be.
pub(crate) fn written(arguments: fmt::Arguments<'_>) -> Number {
    let mut number = Number::EMPTY;
    if number.write_fmt(arguments).is_err() {
        number = Number::EMPTY;
        number.bytes[0] = b'>';
        number.length = 1;
    }
    number
}

/// Largest count that is written out; beyond it letters would say more than digits.
const LARGEST: f64 = 999_999_999_999.0;

/// A count in full: `0`, `412`, `18,420`. What is no number is `-`; what lies beyond 12 digits is cut.
#[must_use]
pub fn count(value: f64) -> Number {
    if !value.is_finite() {
        return MISSING;
    }
    let rounded = value.abs().round();
    if rounded > LARGEST {
        return written(format_args!("{}>999G", if value < 0.0 { "-" } else { "" }));
    }
    let whole = rounded as u64;
    let mut number = Number::EMPTY;
    let sign = if value < 0.0 && whole > 0 { "-" } else { "" };
    let (billions, millions, thousands, ones) =
        (whole / 1_000_000_000, whole / 1_000_000 % 1000, whole / 1000 % 1000, whole % 1000);
    let outcome = match (billions, millions, thousands) {
        (0, 0, 0) => write!(number, "{sign}{ones}"),
        (0, 0, _) => write!(number, "{sign}{thousands},{ones:03}"),
        (0, ..) => write!(number, "{sign}{millions},{thousands:03},{ones:03}"),
        _ => write!(number, "{sign}{billions},{millions:03},{thousands:03},{ones:03}"),
    };
    debug_assert!(outcome.is_ok(), "twelve digits and their marks fit");
    number
}

/// A rate in a column: whole, `<1` for a trickle, `0` for nothing; so that its length is its size.
#[must_use]
pub fn rate(value: f64) -> Number {
    if value > 0.0 && value < 0.95 { written(format_args!("<1")) } else { count(value) }
}

/// A rate that stands alone: one decimal below 10, `<0.1` for a trickle.
#[must_use]
pub fn fine(value: f64) -> Number {
    match value {
        _ if value > 0.0 && value < 0.1 => written(format_args!("<0.1")),
        _ if value.is_finite() && value.abs() < 9.95 && value.fract() != 0.0 => {
            written(format_args!("{value:.1}"))
        }
        _ => count(value),
    }
}

/// A count for an axis or a headline: in full below 10,000, then `13.1k`, `2.4M`, `7.0G`.
#[must_use]
pub fn short(value: f64) -> Number {
    if !value.is_finite() {
        return MISSING;
    }
    let size = value.abs();
    // 999,950 would round to 1000.0k: the next letter begins where the rounding does.
    let (divisor, letter) = match size {
        _ if size < 9_999.5 => {
            return if size < 10.0 && (value * 100.0).round() % 100.0 != 0.0 {
                trimmed(value)
            } else {
                count(value)
            };
        }
        _ if size < 999_950.0 => (1e3, 'k'),
        _ if size < 999_950_000.0 => (1e6, 'M'),
        _ if size < 999_950_000_000.0 => (1e9, 'G'),
        _ if size < 999_950_000_000_000.0 => (1e12, 'T'),
        _ => return written(format_args!("{}>999T", if value < 0.0 { "-" } else { "" })),
    };
    let scaled = value / divisor;
    if (scaled * 10.0).round() % 10.0 == 0.0 {
        written(format_args!("{scaled:.0}{letter}"))
    } else {
        written(format_args!("{scaled:.1}{letter}"))
    }
}

/// At most two decimals and no zeros at the end.
fn trimmed(value: f64) -> Number {
    if ((value * 100.0).round() % 10.0).abs() < 0.5 {
        written(format_args!("{value:.1}"))
    } else {
        written(format_args!("{value:.2}"))
    }
}

/// `part` of `whole` in per cent with one decimal: `18.9`, `<0.1`, `100.0`; 0 of 0 is `-`.
#[must_use]
pub fn percent(part: f64, whole: f64) -> Number {
    if whole > 0.0 { share(part / whole) } else { MISSING }
}

/// A share of 0 to 1 in per cent with one decimal.
#[must_use]
pub fn share(value: f64) -> Number {
    match value * 100.0 {
        percent if !percent.is_finite() => MISSING,
        0.0 => written(format_args!("0.0")),
        percent if percent > 0.0 && percent < 0.1 => written(format_args!("<0.1")),
        // Only all of it is 100: 99.96 % leaves a request that was not.
        percent if (99.95..100.0).contains(&percent) => written(format_args!("99.9")),
        percent if percent > 999.9 => written(format_args!(">999")),
        percent => written(format_args!("{percent:.1}")),
    }
}

/// Milliseconds in a sentence: `640 ms`, `4.81 s`, `4m12s`, `2h05m`.
#[must_use]
pub fn millis(value: f64) -> Number {
    if !value.is_finite() {
        return MISSING;
    }
    let whole = value.abs().round();
    if value < 0.0 || whole < 1_000.0 {
        let tenths = whole < 10.0 && (value * 10.0).round() % 10.0 != 0.0;
        return if tenths {
            written(format_args!("{value:.1} ms"))
        } else {
            written(format_args!("{} ms", count(value)))
        };
    }
    if whole < 59_995.0 {
        return written(format_args!("{:.2} s", value / 1000.0));
    }
    let seconds = (whole / 1000.0).round().min(LARGEST) as u64;
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400);
    match () {
        () if hours == 0 => written(format_args!("{minutes}m{:02}s", seconds % 60)),
        () if days == 0 => written(format_args!("{hours}h{:02}m", minutes % 60)),
        () => written(format_args!("{days}d{:02}h", hours % 24)),
    }
}

/// Bytes in a sentence, in powers of 1,000: `9.4 MB`.
#[must_use]
pub fn bytes(value: f64) -> Number {
    let scale = [(1e12, "TB"), (1e9, "GB"), (1e6, "MB"), (1e3, "kB")];
    match scale.iter().find(|(size, _)| value >= *size) {
        _ if !value.is_finite() => MISSING,
        Some((size, unit)) if value < size * 1000.0 => written(format_args!("{:.1} {unit}", value / size)),
        Some((size, unit)) => written(format_args!("{} {unit}", count(value / size))),
        None => written(format_args!("{} B", count(value))),
    }
}

/// US dollars: `$0.07`, `$12.40`, `$1,240`; what is more than nothing and less than a cent is `<$0.01`.
#[must_use]
pub fn dollars(value: f64) -> Number {
    match value {
        _ if !value.is_finite() => MISSING,
        _ if value > 0.0 && value < 0.005 => written(format_args!("<$0.01")),
        _ if value < 1000.0 => written(format_args!("${value:.2}")),
        _ => written(format_args!("${}", count(value))),
    }
}

/// An age in one unit and at most three cells: `2s`, `4m`, `9h`, `3d`.
#[must_use]
pub fn age(age: Duration) -> Number {
    let seconds = age.as_secs();
    match seconds {
        0..60 => written(format_args!("{seconds}s")),
        60..3_600 => written(format_args!("{}m", seconds / 60)),
        3_600..86_400 => written(format_args!("{}h", seconds / 3600)),
        _ => written(format_args!("{}d", (seconds / 86_400).min(99))),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn counts_have_thousands_marks() {
        let shown = |value| count(value).as_str().to_owned();
        assert_eq!(shown(0.0), "0");
        assert_eq!(shown(412.4), "412");
        assert_eq!(shown(18_420.0), "18,420");
        assert_eq!(shown(1_000_007.0), "1,000,007");
        assert_eq!(shown(f64::NAN), "-");
        assert_eq!(shown(-0.2), "0");
        assert_eq!(shown(-1_200.0), "-1,200");
    }

    #[test]
    fn a_value_that_outgrows_its_cell_is_cut_and_the_cut_is_true() {
        assert_eq!(count(999_999.0).within(7).as_str(), "999,999");
        assert_eq!(count(1_000_000.0).within(7).as_str(), ">999k");
        assert_eq!(count(10_000.0).within(5).as_str(), ">9k");
        assert_eq!(count(1_000.0).within(4).as_str(), ">999");
    }

    #[test]
    fn a_trickle_is_not_nothing() {
        assert_eq!(rate(0.3).as_str(), "<1");
        assert_eq!((rate(2.3).as_str(), fine(2.3).as_str()), ("2", "2.3"));
        assert_eq!((rate(0.0).as_str(), fine(0.04).as_str()), ("0", "<0.1"));
    }

    #[test]
    fn labels_use_letters_from_ten_thousand() {
        let shown = |value| short(value).as_str().to_owned();
        assert_eq!(shown(9_999.0), "9,999");
        assert_eq!(shown(10_000.0), "10k");
        assert_eq!(shown(13_140.0), "13.1k");
        assert_eq!(shown(999_960.0), "1M");
        assert_eq!(shown(2_400_000.0), "2.4M");
        assert_eq!(shown(0.5), "0.5");
        assert_eq!(shown(0.25), "0.25");
    }

    #[test]
    fn percent_tells_nothing_from_little_and_all_from_nearly_all() {
        let shown = |part, whole| percent(part, whole).as_str().to_owned();
        assert_eq!(shown(78.0, 412.0), "18.9");
        assert_eq!(shown(1.0, 6840.0), "<0.1");
        assert_eq!(shown(0.0, 6840.0), "0.0");
        assert_eq!(shown(0.0, 0.0), "-");
        assert_eq!(shown(9999.0, 10_000.0), "99.9");
        assert_eq!(shown(5.0, 5.0), "100.0");
    }

    #[test]
    fn a_time_in_a_sentence_has_the_unit_that_fits() {
        let shown = |value| millis(value).as_str().to_owned();
        assert_eq!(shown(0.8), "0.8 ms");
        assert_eq!(shown(640.0), "640 ms");
        assert_eq!(shown(4_810.0), "4.81 s");
        assert_eq!(shown(252_000.0), "4m12s");
        assert_eq!(shown(59_999.0), "1m00s");
        assert_eq!(shown(7_500_000.0), "2h05m");
    }

    #[test]
    fn money_and_ages_stay_short() {
        assert_eq!(dollars(0.0).as_str(), "$0.00");
        assert_eq!(dollars(0.001).as_str(), "<$0.01");
        assert_eq!(dollars(0.0712).as_str(), "$0.07");
        assert_eq!(age(Duration::from_secs(59)).as_str(), "59s");
        assert_eq!(age(Duration::from_hours(9)).as_str(), "9h");
        assert_eq!(age(Duration::MAX).as_str(), "99d");
        assert_eq!(bytes(9_400_000.0).as_str(), "9.4 MB");
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn any_number_fits_its_cell(bits in any::<u64>(), width in 0..20_u16) {
            let value = f64::from_bits(bits);
            for number in [count(value), rate(value), fine(value), short(value), share(value), millis(value), bytes(value), dollars(value)] {
                prop_assert!(number.within(width).width() <= width);
            }
            prop_assert!(short(value.abs()).width() <= 6);
            prop_assert!(share(value.abs()).width() <= 5);
        }
    }
}
