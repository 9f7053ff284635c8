//! What of a line stands in the column of messages: what the other columns do not say already.

use crate::model::{
    Ansi, LineKind, Pages, RequestFigures, RequestId, RowPlace, SafeText, Secrets, Showing, Wrap, number,
    secret,
};
use crate::store::lines::HeldLine;

use super::json::{self, Folded};

/// Bytes of a line that can reach one row of the screen.
const SEEN: usize = 4096;
/// Bytes of a line that are looked at where it is JSON, or wrapped over several rows.
const LOOKED_AT: usize = 32 * 1024;

/// How the lines of the logs screen are written.
#[expect(clippy::struct_excessive_bools, reason = "four switches, each with a key of its own")]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Writing {
    /// Exactly as it came, its escape sequences made visible.
    pub raw: bool,
    /// In the colours that it asks for.
    pub colours: bool,
    /// Over several rows where it is long.
    pub wrap: bool,
    /// With nothing above 0x7e.
    pub ascii: bool,
}

impl Writing {
    /// How a text is shown, where its secrets are `revealed` or not.
    #[must_use]
    pub const fn showing(self, revealed: bool) -> Showing {
        let ansi = match (self.raw, self.colours) {
            (true, _) => Ansi::Show,
            (false, true) => Ansi::Colour,
            (false, false) => Ansi::Strip,
        };
        let secrets = if revealed { Secrets::Reveal } else { Secrets::Mask };
        Showing { ansi, secrets, ascii: self.ascii }
    }
}

/// The message of a line, ready to be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// What is shown; hostile. Matches of the filter are looked for in it.
    pub text: String,
    /// From this byte of it on it is said in passing.
    pub quiet_from: Option<usize>,
    /// Lines of it that are not shown in one row.
    pub more: usize,
    /// How many fields it has, where it is JSON; true if it has more.
    pub fields: Option<(usize, bool)>,
    /// Secrets that were masked before it was put together.
    masked: usize,
    showing: Showing,
}

impl Message {
    /// The message of a line, written so.
    #[must_use]
    pub fn of(line: &HeldLine, writing: Writing, revealed: bool) -> Self {
        let showing = writing.showing(revealed);
        let made = |text: String| Self { text, quiet_from: None, more: 0, fields: None, masked: 0, showing };
        let most = if writing.wrap { LOOKED_AT } else { SEEN };
        if writing.raw {
            let text = &line.message[..line.message.floor_char_boundary(most)];
            return Self {
                more: more(&line.message),
                ..made(text.trim_end_matches(['\r', '\n']).to_owned())
            };
        }
        if line.kind == LineKind::Report
            && let Some(figures) = &line.figures
        {
            return made(report(line.request, outcome(&line.message), figures));
        }
        let raw = &line.message[body(&line.message)..];
        let looked_at = &raw[..raw.floor_char_boundary(LOOKED_AT)];
        if looked_at.starts_with('{') {
            // Secrets are found by the names before them, as the line has them: before it is put together.
            let (plain, masked) = if revealed { (looked_at.into(), 0) } else { secret::mask(looked_at) };
            if let Some(Folded { text, fields_from, fields, cut }) = json::folded(&plain) {
                let more = more(&text);
                return Self {
                    quiet_from: fields_from,
                    more,
                    fields: Some((fields, cut)),
                    masked,
                    ..made(text)
                };
            }
        }
        let text = &raw[..raw.floor_char_boundary(most)];
        Self { more: more(raw), ..made(text.trim_end().to_owned()) }
    }

    /// The same line with other words for it.
    #[must_use]
    pub fn replaced(self, words: String) -> Self {
        Self { text: words, quiet_from: None, more: 0, fields: None, masked: 0, ..self }
    }

    /// Its first line, and how many secrets are masked in it.
    #[must_use]
    pub fn first_line(&self) -> SafeText {
        SafeText::of_line(self.text.lines().next().unwrap_or_default(), self.showing)
    }

    /// Its rows at a width, at most so many, one at least; and whether there are more.
    #[must_use]
    pub fn rows(&self, width: u16, most: usize) -> (Vec<SafeText>, bool) {
        let pages = Pages::new(self.text.as_str(), self.showing);
        let mut rows = Wrap::new(&pages, width).rows(RowPlace::default()).map(|row| row.text);
        let taken: Vec<SafeText> = rows.by_ref().take(most.max(1)).collect();
        (taken, rows.next().is_some())
    }

    /// How many secrets are masked in it: those of its first line unless it is wrapped.
    #[must_use]
    pub fn masked(&self, shown: &[SafeText]) -> usize {
        self.masked + shown.iter().map(SafeText::masked).sum::<usize>()
    }
}

/// Lines behind the first one.
fn more(text: &str) -> usize {
    memchr::memchr_iter(b'\n', text.trim_end().as_bytes()).count()
}

/// What the platform reports of a request, in one quiet line.
fn report(request: Option<RequestId>, outcome: Option<&str>, figures: &RequestFigures) -> String {
    let id = request.map_or_else(|| "?".to_owned(), |id| id.to_string()[..8].to_owned());
    let count = |value: Option<f64>| value.map(|value| number::count(value.round()));
    let mut text = format!("\u{b7} {id}");
    let mut add = |part: String| {
        text.push_str(if text.len() > id.len() + 4 { " \u{b7} " } else { " " });
        text.push_str(&part);
    };
    if figures.out_of_memory {
        add("out of memory".to_owned());
    } else if figures.timed_out {
        add("timeout".to_owned());
    } else if let Some(outcome) = outcome {
        add(outcome.to_owned());
    }
    if let Some(duration) = count(figures.duration_ms) {
        add(format!("{duration} ms"));
    }
    if let Some(billed) = count(figures.billed_ms) {
        add(format!("billed {billed}"));
    }
    if let Some(used) = count(figures.max_memory_mb) {
        add(count(figures.memory_mb)
            .map_or_else(|| format!("{used} MB"), |size| format!("{used} of {size} MB")));
    }
    if let Some(init) = count(figures.init_ms) {
        add(format!("cold, init {init} ms"));
    } else if let Some(restore) = count(figures.restore_ms) {
        add(format!("cold, restored in {restore} ms"));
    }
    text
}

/// How a request ended, where its report says so: in JSON always, in text only if it failed as a whole.
fn outcome(report: &str) -> Option<&'static str> {
    let said = |name: &str| {
        let rest = &report[report.find(name)? + name.len()..];
        rest.trim_start_matches([' ', ':', '"']).split(|c: char| !c.is_ascii_alphabetic()).next()
    };
    match said("\"status\"").or_else(|| said("\tStatus:"))? {
        "success" => Some("ok"),
        "error" | "failure" => Some("failed"),
        _ => None,
    }
}

/// Where the message proper begins: behind time, request id and level, which have columns of their own. In whatever
/// order a runtime writes them, parted by tabs or blanks.
fn body(line: &str) -> usize {
    if let Some(at) = behind_rubys_logger(line) {
        return at;
    }
    let mut at = 0;
    for _ in 0..4 {
        let rest = &line[at..];
        let end = rest.find(['\t', ' ', '\n']).unwrap_or(rest.len());
        let token = rest[..end].trim_matches(['[', ']']);
        if end == rest.len()
            || rest[end..].starts_with('\n')
            || !(is_time(token) || is_id(token) || is_level(token, at > 0 || parted(&rest[end..])))
        {
            // An empty field between two tabs says nothing either.
            if end == 0 && rest.starts_with('\t') && at > 0 {
                at += 1;
                continue;
            }
            break;
        }
        at += end + 1;
    }
    at + line[at..].len() - line[at..].trim_start_matches(['\t', ' ']).len()
}

/// Where the message begins behind `I, [2026-11-22T14:30:56.244123 #8]  INFO -- : `, as Ruby's logger writes it. Before the
/// colon stands a request id, nothing, or the name that a program gave its logger: that is not said elsewhere.
fn behind_rubys_logger(line: &str) -> Option<usize> {
    let rest = line.get(1..)?.strip_prefix(", [")?;
    let (head, rest) = rest.split_once(']')?;
    let (time, process) = head.split_once(" #")?;
    let (level, rest) = rest.trim_start_matches(' ').split_once(" -- ")?;
    let known = level == "ANY" || is_level(level, true);
    if !known || !is_time(time) || !process.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (name, message) = rest.split_once(':')?;
    let said = name.is_empty() || is_id(name);
    let from = if said { message.trim_start_matches(' ') } else { rest };
    Some(line.len() - from.len())
}

/// `2026-11-22T14:30:56.244Z`, `2026-11-22`, `14:30:56,244`.
fn is_time(token: &str) -> bool {
    let digits = token.bytes().filter(u8::is_ascii_digit).count();
    digits >= 6
        && token.bytes().all(|byte| byte.is_ascii_digit() || b"-:.,TZ+".contains(&byte))
        && token.contains(['-', ':'])
}

fn is_id(token: &str) -> bool {
    token == "undefined" || RequestId::parse(token).is_some()
}

/// A word in lower case may begin a sentence: it is a level behind a time, or where more than a blank parts it.
fn is_level(token: &str, parted: bool) -> bool {
    let upper = token.bytes().all(|byte| byte.is_ascii_uppercase());
    let lower = token.bytes().all(|byte| byte.is_ascii_lowercase());
    (upper || lower && parted)
        && ["trace", "debug", "info", "warn", "warning", "error", "fatal", "critical"]
            .iter()
            .any(|level| level.eq_ignore_ascii_case(token))
}

/// Whether what follows a word is more than one blank.
fn parted(rest: &str) -> bool {
    rest.starts_with('\t') || rest.starts_with("  ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_columns_say_is_not_said_twice() {
        for (line, message) in [
            (
                "2026-11-22T14:30:56.244Z\tc1f0a7e2-6d40-4b1e-9c57-08e2a4417f35\tERROR\tInvoke Error \t{\"a\":1}",
                "Invoke Error \t{\"a\":1}",
            ),
            ("2026-11-22T14:30:56.244Z\tundefined\tINFO\tstarting", "starting"),
            (
                "[INFO]\t2026-11-22T14:30:56.244Z\tc1f0a7e2-6d40-4b1e-9c57-08e2a4417f35\tcard authorised",
                "card authorised",
            ),
            ("2026-11-22 14:30:56 c1f0a7e2-6d40-4b1e-9c57-08e2a4417f35 INFO Handler - ok", "Handler - ok"),
            ("[WARNING]\t2026-11-22T14:30:56.244Z\t\tLAMBDA_WARNING: x", "LAMBDA_WARNING: x"),
            ("info    reserved 3 of 25", "reserved 3 of 25"),
            ("2026-11-22T14:30:56.244Z info ready", "ready"),
            ("error opening the file", "error opening the file"),
            ("ERROR", "ERROR"),
            ("I, [2026-03-01T12:00:00.123456 #8]  INFO -- : card authorised", "card authorised"),
            (
                "E, [2026-03-01T12:00:00.123456 #8] ERROR -- c1f0a7e2-6d40-4b1e-9c57-08e2a4417f35: no: stock",
                "no: stock",
            ),
            ("W, [2026-03-01T12:00:00.123456 #8]  WARN -- ledger: slow", "ledger: slow"),
            ("A, [2026-03-01T12:00:00 #8]   ANY -- :", ""),
            ("I, [see #8] INFO -- : text", "I, [see #8] INFO -- : text"),
            ("é, [", "é, ["),
            ("INFO payment 48213 captured", "payment 48213 captured"),
            ("48213 orders", "48213 orders"),
            ("", ""),
        ] {
            assert_eq!(&line[body(line)..], message, "{line}");
        }
    }
}
