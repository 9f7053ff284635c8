//! The times that lines begin with.

use memchr::memchr;

use super::words::{is_space, skip_space, token};

/// Whether it begins like a date: `2020-03-18`, `2020/03/18`, or as a snapshot masks it (`XXXX-XX-XX`).
pub(super) fn is_date(word: &str) -> bool {
    let Some([year @ .., b'-' | b'/', m, n, b'-' | b'/', d, e]) = word.as_bytes().first_chunk::<10>() else {
        return false;
    };
    year.iter().chain([m, n, d, e]).copied().all(is_figure)
}

/// Whether it begins like a time of day: `08:52`.
fn is_clock(word: &str) -> bool {
    matches!(word.as_bytes(), [h, i, b':', m, n, ..] if [*h, *i, *m, *n].into_iter().all(is_figure))
}

/// A digit, or what a snapshot masks it with.
fn is_figure(byte: u8) -> bool {
    byte.is_ascii_digit() || byte == b'X'
}

/// The time at the start of a line, in one word (`2020-03-18T08:52:43.120Z`) or two (`2020-03-18 08:52:43,120`), and
/// what follows it.
pub(super) fn time(text: &str) -> Option<(&str, &str)> {
    if !is_date(text) {
        return None;
    }
    let (first, rest) = token(text);
    if first.as_bytes().get(10).is_some_and(|byte| *byte == b'T') && is_clock(&first[11..]) {
        return Some(text.split_at(column(first)));
    }
    let second = rest.strip_prefix(' ').filter(|rest| is_clock(rest))?;
    let end = first.len() + 1 + column(token(second).0);
    (first.len() == 10).then(|| text.split_at(end))
}

/// Where a column ends that may be parted from the next by a bar: `NLog` writes no space.
fn column(word: &str) -> usize {
    memchr(b'|', word.as_bytes()).unwrap_or(word.len())
}

/// The time at the start of a line in a form that a sentence of the program can begin with too: a time of day
/// (`08:52:43.120`, `8:52AM`), seconds or finer units since the epoch (`1584521563.12`), a day as clocks on walls
/// write it (`18 Mar 2020 08:52:43,120`). It is one only where a level follows.
pub(super) fn casual(text: &str) -> Option<(&str, &str)> {
    let text = skip_space(text);
    // How many digits there are, and what follows them, already tells of most numbers that they are none.
    let digits = text.bytes().take(20).take_while(u8::is_ascii_digit).count();
    let can_be = match (digits, text.as_bytes().get(digits)) {
        (1 | 2, Some(next)) => is_space(*next) || matches!(next, b':' | b'.' | b'e' | 0x1b),
        (10 | 13 | 16 | 19, _) => true,
        _ => false,
    };
    if !can_be {
        return None;
    }
    let (first, rest) = token(text);
    if is_clock(first)
        && first.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b':' | b'.' | b',' | b'Z'))
    {
        return Some((first, rest));
    }
    if is_epoch(first) || is_kitchen(first) {
        return Some((first, rest));
    }
    let (month, rest) = token(rest);
    let (year, rest) = token(rest);
    let (clock, rest) = token(rest);
    let digits =
        |word: &str, longest: usize| word.len() <= longest && word.bytes().all(|byte| byte.is_ascii_digit());
    let day = digits(first, 2) && is_month(month) && digits(year, 4) && is_clock(clock);
    day.then(|| (&text[..text.len() - rest.len()], rest))
}

/// Seconds, milliseconds, microseconds or nanoseconds since the epoch, in digits or as Go prints them (`1.584521563e+09`).
fn is_epoch(word: &str) -> bool {
    let (digits, exponent) =
        word.split_once('e').map_or((word, None), |(digits, power)| (digits, Some(power)));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let long = match exponent {
        None => matches!(whole.len(), 10 | 13 | 16 | 19),
        Some(power) => power == "+09" && whole.len() == 1,
    };
    long && plain(whole) && plain(fraction)
}

/// `8:52AM`.
fn is_kitchen(word: &str) -> bool {
    let clock = word.strip_suffix("AM").or_else(|| word.strip_suffix("PM"));
    clock.and_then(|clock| clock.split_once(':')).is_some_and(|(hour, minute)| {
        matches!(hour.len(), 1 | 2)
            && minute.len() == 2
            && hour.bytes().chain(minute.bytes()).all(|byte| byte.is_ascii_digit())
    })
}

/// Whether it is the name of a month, as it is cut short in English.
pub(super) fn is_month(word: &str) -> bool {
    matches!(
        word,
        "Jan" | "Feb" | "Mar" | "Apr" | "May" | "Jun" | "Jul" | "Aug" | "Sep" | "Oct" | "Nov" | "Dec"
    )
}

/// What follows the zone that stands behind a time as a word of its own: `+0100`, `(+01:00)`, `UTC`.
pub(super) fn after_zone(text: &str) -> &str {
    let start = skip_space(text);
    if !matches!(start.as_bytes().first(), Some(b'(' | b'+' | b'-' | b'U' | b'G' | b'Z')) {
        return text;
    }
    let (word, rest) = token(start);
    let word = word.strip_suffix(']').unwrap_or(word);
    let inner = word.strip_prefix('(').and_then(|word| word.strip_suffix(')')).unwrap_or(word);
    let offset = inner.strip_prefix(['+', '-']).is_some_and(|digits| {
        matches!(digits.len(), 4 | 5) && digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b':')
    });
    if offset || matches!(inner, "UTC" | "GMT" | "Z") { rest } else { text }
}

/// The time that `text` begins with in brackets, and what follows it within them and behind them:
/// `[2020-03-18 08:52:43.120 +0000] INFO`, `[08:52:43 INF] x`, `[2020-03-18T08:52:43Z INFO  shop] x`.
pub(super) fn bracketed(text: &str) -> Option<(&str, &str)> {
    let inner = text.strip_prefix('[')?;
    if !skip_space(inner).as_bytes().first().copied().is_some_and(is_figure) {
        return None;
    }
    // No time and level in brackets are longer.
    let end = inner.bytes().take(64).position(|byte| byte == b']')?;
    let (at, rest) = time(&inner[..end]).or_else(|| casual(&inner[..end]))?;
    let rest = after_zone(&inner[end - rest.len()..]);
    Some((at, skip_space(rest).strip_prefix(']').unwrap_or(rest)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_one_word_or_two() {
        assert_eq!(time("2020-03-18T08:52:43.120Z\tx"), Some(("2020-03-18T08:52:43.120Z", "\tx")));
        assert_eq!(time("2020-03-18 08:52:43,120 x"), Some(("2020-03-18 08:52:43,120", " x")));
        assert_eq!(time("2020/03/18 08:52:43 x"), Some(("2020/03/18 08:52:43", " x")));
        assert_eq!(time("XXXX-XX-XX XX:XX:XX.XXX\tERROR"), Some(("XXXX-XX-XX XX:XX:XX.XXX", "\tERROR")));
        for text in ["", "2020", "2020-03-18", "2020-03-18 noon", "20200318T085243", "2020-03-1８T"] {
            assert_eq!(time(text), None, "{text}");
        }
    }

    #[test]
    fn times_that_a_sentence_can_begin_with_are_known_by_their_shape() {
        for at in [
            "08:52:43.120",
            "08:52:43",
            "8:52AM",
            "12:00PM",
            "1584521563",
            "1584521563120",
            "1584521563.12",
            "1.584521563e+09",
            "18 Mar 2020 08:52:43,120",
        ] {
            let line = format!("{at} INFO x");
            assert_eq!(casual(&line), Some((at, " INFO x")), "{at}");
        }
        for text in ["", "4711 x", "08:52am", "1.5e+10 x", "18 March 2020 08:52 x", "a:b x", "08:5x x"] {
            assert_eq!(casual(text), None, "{text}");
        }
    }

    #[test]
    fn a_time_in_brackets_may_have_its_level_beside_it() {
        assert_eq!(bracketed("[08:52:43 INF] x"), Some(("08:52:43", " INF] x")));
        assert_eq!(
            bracketed("[2020-03-18 08:52:43.120 +0000] INFO x"),
            Some(("2020-03-18 08:52:43.120", " INFO x"))
        );
        assert_eq!(bracketed("[\u{1b}[90m08:52:43\u{1b}[0m INF] x"), Some(("08:52:43", "\u{1b}[0m INF] x")));
        for text in ["[", "[]", "[x] y", "[08:52:43", "é"] {
            assert_eq!(bracketed(text), None, "{text}");
        }
    }
}
