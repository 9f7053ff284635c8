//! What goes to the clipboard: safe lines without secrets, bounded, and how many there were.

use crate::model::{SafeText, Showing};

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
        }
    }
}

/// Lines for the clipboard: safe text with its secrets masked, at most [`MOST_BYTES`] in all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clip {
    what: Copied,
    text: String,
    lines: usize,
    of: usize,
    masked: usize,
}

impl Clip {
    /// Takes whole lines as long as there is room; the others are counted.
    pub fn new<'a>(what: Copied, raw: impl IntoIterator<Item = &'a str>) -> Self {
        let mut clip = Self { what, text: String::new(), lines: 0, of: 0, masked: 0 };
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

    /// The text, its lines parted by line feeds: the only control characters in it.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What was sent, counted: `ARN sent to the clipboard: 1 line, 71 bytes`. No terminal says whether it took it.
    #[must_use]
    pub fn summary(&self) -> String {
        let lines = match (self.lines, self.of) {
            (1, 1) => "1 line".to_owned(),
            (lines, of) if lines == of => format!("{lines} lines"),
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
    fn what_is_too_much_is_cut_between_lines_and_said() {
        let line = "x".repeat(999);
        let clip = Clip::new(Copied::Row, std::iter::repeat_n(&*line, 100));
        assert_eq!(clip.text().len(), 65 * 1000 - 1);
        assert_eq!(clip.summary(), "row sent to the clipboard: the first 65 of 100 lines, 64999 bytes");
        assert!(clip.text().len() <= MOST_BYTES);
    }
}
