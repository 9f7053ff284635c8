//! What holds log lines against something: the seam between the filter language and those who hold lines.

use crate::model::LogLine;

/// Decides about log lines, many at a time and from several threads.
///
/// The two questions must agree: a line that [`matches`](Self::matches) is never passed over by
/// [`candidate`](Self::candidate).
pub trait LineMatcher: Send + Sync {
    /// Whether the line matches.
    fn matches(&self, line: &LogLine<'_>) -> bool;

    /// Byte offset at or after `from` of the next place in whose line a match may lie; `None` if there is none.
    ///
    /// `text` holds the messages of many lines, one behind the other and with nothing between them, so that a literal
    /// is looked for in all of them at once. What is found may reach from one line into the next: it is only a
    /// candidate. Anchors and word boundaries do not see the ends of lines here, so who needs them keeps to the
    /// default: every line is a candidate.
    fn candidate(&self, text: &str, from: usize) -> Option<usize> {
        let _ = text;
        Some(from)
    }
}

impl<F: Fn(&LogLine<'_>) -> bool + Send + Sync> LineMatcher for F {
    fn matches(&self, line: &LogLine<'_>) -> bool {
        self(line)
    }
}
