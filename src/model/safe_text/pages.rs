//! Texts that are longer than a row: read in full, a page at a time.

use std::iter;
use std::ops::Range;
use std::sync::Arc;

use super::character::{is_invisible, is_mark};
use super::{SafeText, Secrets, Showing, writer};
use crate::model::secret;

/// Bytes of source in a page, more or less.
const PAGE: usize = 4096;
/// How far before its end a page looks for a better one.
const SLACK: usize = 256;
/// Longest thing that is not torn apart where there is no blank.
const CLUSTER: usize = 64;

/// The lines of `text` without their ends, which are LF or CRLF. A last line need not have one.
///
/// The only place that splits lines: a lone carriage return stays, and becomes visible.
pub fn lines(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut at = 0;
    iter::from_fn(move || {
        let rest = text.get(at..).filter(|rest| !rest.is_empty())?;
        let length = rest.find('\n').map_or(rest.len(), |end| end + 1);
        let line = &rest[..length];
        let line = line.strip_suffix('\n').map_or(line, |line| line.strip_suffix('\r').unwrap_or(line));
        let range = at..at + line.len();
        at += length;
        Some(range)
    })
}

/// A text of any length in pages of about 4 KiB of source, each made safe when it is asked for.
///
/// Where a page begins depends on nothing but the text around that place, so any page can be had without those before
/// it. It ends behind a line end or a blank where one is near. Colours begin anew with each line of a page.
///
/// Secrets are looked for once, in all of the text, when this is made: keep it as long as the text is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pages {
    raw: Arc<str>,
    showing: Showing,
    secrets: Vec<Range<usize>>,
}

impl Pages {
    /// Pages of `raw`.
    #[must_use]
    pub fn new(raw: impl Into<Arc<str>>, showing: Showing) -> Self {
        let raw = raw.into();
        let secrets = match showing.secrets {
            Secrets::Mask => secret::find(&raw),
            Secrets::Reveal => Vec::new(),
        };
        Self { raw, showing, secrets }
    }

    /// How many there are; one at least.
    #[must_use]
    pub fn count(&self) -> usize {
        self.raw.len().div_ceil(PAGE).max(1)
    }

    /// How many secrets are masked in all of the text.
    #[must_use]
    pub const fn masked(&self) -> usize {
        self.secrets.len()
    }

    /// The original text: hostile.
    #[must_use]
    pub fn raw(&self) -> &str {
        &self.raw
    }

    /// Which bytes of the text page `index` holds, counted from 0; none beyond the last one.
    #[must_use]
    pub fn page(&self, index: usize) -> Range<usize> {
        self.boundary(index)..self.boundary(index.saturating_add(1))
    }

    /// The page that holds the byte `source`; the last one for what is behind the end.
    #[must_use]
    pub fn page_of(&self, source: usize) -> usize {
        let last = self.count() - 1;
        let mut page = (source / PAGE).min(last);
        while page < last && self.boundary(page + 1) <= source {
            page += 1;
        }
        while page > 0 && self.boundary(page) > source {
            page -= 1;
        }
        page
    }

    /// The lines of page `index`, in order; a line that is longer than a page goes on in the next one.
    pub fn lines(&self, index: usize) -> impl Iterator<Item = SafeText> {
        let page = self.page(index);
        let empty = self.raw.is_empty() && index == 0;
        let of_page =
            lines(&self.raw[page.clone()]).map(move |line| page.start + line.start..page.start + line.end);
        of_page.chain(empty.then_some(0..0)).map(|line| self.text(line))
    }

    /// Whether a line begins at the byte `source`, or is only continued there.
    #[must_use]
    pub fn begins_line(&self, source: usize) -> bool {
        source == 0 || self.raw.as_bytes().get(source - 1) == Some(&b'\n')
    }

    fn text(&self, source: Range<usize>) -> SafeText {
        writer::write(&self.raw, source, &self.secrets, self.showing, usize::MAX, false)
    }

    /// Where page `index` begins.
    fn boundary(&self, index: usize) -> usize {
        let target = index.saturating_mul(PAGE);
        if index == 0 || target >= self.raw.len() {
            return target.min(self.raw.len());
        }
        let (low, high) =
            (self.raw.floor_char_boundary(target - SLACK), self.raw.floor_char_boundary(target));
        let window = &self.raw[low..high];
        match window.rfind('\n').or_else(|| window.rfind(' ')) {
            Some(at) => low + at + 1,
            None => self.between_clusters(high),
        }
    }

    /// The nearest place at or before `end` that tears nothing apart, if it is near.
    fn between_clusters(&self, end: usize) -> usize {
        // A line end belongs to the line before it.
        if let Some(rest) = self.raw.get(end..)
            && let Some(length) =
                ["\r\n", "\n"].into_iter().find(|ending| rest.starts_with(ending)).map(str::len)
        {
            return end + length;
        }
        let low = self.raw.floor_char_boundary(end - CLUSTER);
        let near = &self.raw[low..end];
        if let Some(escape) = near.rfind('\x1b')
            && near[escape + 1..].bytes().all(|byte| matches!(byte, b'[' | b'0'..=b'9' | b';' | b':'))
        {
            return low + escape;
        }
        let joins = |c: char| is_mark(c) || is_invisible(c);
        let first_of_next = |at: usize| self.raw[at..].chars().next().is_some_and(joins);
        let last_of_this = |at: usize| self.raw[..at].chars().next_back().is_some_and(is_invisible);
        let places = near.char_indices().map(|(at, _)| low + at).chain(iter::once(end));
        places.rev().find(|at| !first_of_next(*at) && !last_of_this(*at)).unwrap_or(end)
    }
}
