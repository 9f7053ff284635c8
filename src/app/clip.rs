//! What goes to the clipboard: safe lines without secrets, bounded, and how many there were.

use crate::model::{Pages, SafeText, Showing};

/// Most bytes that go to a clipboard at once: what terminals and multiplexers still take in one piece.
pub const MOST_BYTES: usize = 64 * 1024;

/// What a copy is of.
///
/// Another thing that can be copied is a variant here, its word below, and its lines in `copying`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Copied {
    /// A row of the functions table, as a line to paste into a chat.
    Row,
    /// The ARN of a function.
    Arn,
    /// The values under the crosshair.
    Readings,
    /// A link into the AWS console.
    Link,
    /// A log line with its time and its group.
    Line,
    /// The id of a trace.
    Trace,
    /// The name of a service on the map.
    Service,
    /// The id of a request.
    Request,
}

impl Copied {
    /// As a notice begins: `ARN sent to the clipboard`.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Row => "row",
            Self::Arn => "ARN",
            Self::Readings => "readings",
            Self::Link => "console link",
            Self::Line => "log line",
            Self::Trace => "trace id",
            Self::Service => "service name",
            Self::Request => "request id",
        }
    }
}

/// Lines for the clipboard: safe text with its secrets masked, at most 64 KiB in all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clip {
    what: Copied,
    text: String,
    lines: usize,
    of: usize,
    masked: usize,
    /// The last line lacks its end.
    torn: bool,
}

impl Clip {
    /// Takes whole lines as long as there is room; the others are counted.
    pub fn new<'a>(what: Copied, raw: impl IntoIterator<Item = &'a str>) -> Self {
        let mut clip = Self { what, text: String::new(), lines: 0, of: 0, masked: 0, torn: false };
        let mut full = false;
        for line in raw {
            clip.of += 1;
            if full {
                continue;
            }
            // A link is of our own making, and what looks like a secret in it is part of it.
            let line = match what {
                Copied::Link => SafeText::new(line),
                _ => SafeText::of_line(line, Showing::default()),
            };
            let more = line.as_str().len() + usize::from(clip.lines > 0);
            full = clip.text.len() + more > MOST_BYTES;
            if !full {
                if clip.lines > 0 {
                    clip.text.push('\n');
                }
                clip.text.push_str(line.as_str());
                clip.lines += 1;
                clip.masked += line.masked();
            }
        }
        clip
    }

    /// Takes all of one log event, which may have many lines and be longer than anything else: as much as there is
    /// room for. Secrets are looked for in the whole of it.
    #[must_use]
    pub fn of_event(raw: &str) -> Self {
        let pages = Pages::new(raw, Showing::default());
        let of = crate::model::lines(raw).count();
        let mut clip = Self { what: Copied::Line, text: String::new(), lines: 0, of, masked: 0, torn: false };
        for piece in (0..pages.count()).flat_map(|page| pages.lines(page)) {
            let begins = pages.begins_line(piece.source().start);
            let parted = usize::from(begins && clip.lines > 0);
            if clip.text.len() + parted + piece.as_str().len() > MOST_BYTES {
                clip.torn = !begins;
                break;
            }
            clip.text.push_str(&"\n"[..parted]);
            clip.text.push_str(piece.as_str());
            clip.lines += usize::from(begins);
            clip.masked += piece.masked();
        }
        clip
    }

    /// The text, its lines parted by line feeds: the only control characters in it.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What was sent, counted: `ARN sent to the clipboard: 1 line, 71 bytes`. No terminal says whether it took it.
    #[must_use]
    pub fn summary(&self) -> String {
        let lines = match (self.lines, self.of) {
            (1, 1) if self.torn => "the beginning of 1 line".to_owned(),
            (1, 1) => "1 line".to_owned(),
            (lines, of) if lines == of && !self.torn => format!("{lines} lines"),
            (lines, of) => format!("the first {lines} of {of} lines"),
        };
        let masked = match self.masked {
            0 => String::new(),
            1 => ", 1 secret masked".to_owned(),
            count => format!(", {count} secrets masked"),
        };
        format!("{} sent to the clipboard: {lines}, {} bytes{masked}", self.what.label(), self.text.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_counted_and_safe() {
        let clip = Clip::new(Copied::Row, ["a\u{1b}]52;c;ZXZpbA==\u{7}b", "c\nd"]);
        assert_eq!(clip.text(), "a␛]52;c;ZXZpbA==␇b\nc␊d");
        assert_eq!(clip.summary(), "row sent to the clipboard: 2 lines, 28 bytes");
        assert_eq!(Clip::new(Copied::Arn, ["arn"]).summary(), "ARN sent to the clipboard: 1 line, 3 bytes");
    }

    #[test]
    fn secrets_are_masked_and_counted() {
        let clip = Clip::new(Copied::Readings, ["password=hunter2-and-more", "AKIAIOSFODNN7EXAMPLE used"]);
        assert!(
            !clip.text().contains("hunter2") && !clip.text().contains("AKIAIOSFODNN7"),
            "{}",
            clip.text()
        );
        assert!(clip.summary().ends_with(", 2 secrets masked"), "{}", clip.summary());
    }

    #[test]
    fn an_event_is_copied_in_lines_with_what_is_secret_over_several_of_them_masked() {
        let key =
            "-----BEGIN PRIVATE KEY-----\nMIIBVAIBADANBgkq\nhkiG9w0BAQEFAASC\n-----END PRIVATE KEY-----";
        let clip = Clip::of_event(&format!("12:00:01 boom\n\tat a.b(C.java:1)\r\n{key}\n"));
        assert!(
            clip.text().starts_with("12:00:01 boom\n    at a.b(C.java:1)\n-----BEGIN"),
            "{}",
            clip.text()
        );
        assert!(!clip.text().contains("MIIB") && !clip.text().contains("hkiG"), "{}", clip.text());
        assert!(clip.summary().contains(" lines, ") && clip.summary().ends_with(", 1 secret masked"));
    }

    #[test]
    fn of_an_event_that_is_too_long_the_beginning_is_copied_and_that_is_said() {
        let clip = Clip::of_event(&"0123456789abcdef".repeat(6_400));
        assert!(clip.text().len() > MOST_BYTES - 5_000 && clip.text().len() <= MOST_BYTES);
        assert!(clip.summary().contains("the beginning of 1 line, "), "{}", clip.summary());
        let whole = "0123456789abcdef".repeat(1_000);
        assert_eq!(Clip::of_event(&whole).text(), whole, "longer than a row of a screen");
    }

    #[test]
    fn what_is_too_much_is_cut_between_lines_and_said() {
        let line = "x".repeat(999);
        let clip = Clip::new(Copied::Row, std::iter::repeat_n(&*line, 100));
        assert_eq!(clip.text().len(), 65 * 1000 - 1);
        assert_eq!(clip.summary(), "row sent to the clipboard: the first 65 of 100 lines, 64999 bytes");
        assert!(clip.text().len() <= MOST_BYTES);
    }
}
