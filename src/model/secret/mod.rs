//! Finds what must not be seen by whoever looks over a shoulder: keys, tokens and passwords in text that others wrote.
//!
//! | recogniser | finds |
//! |---|---|
//! | `pair` | the value beside a name that ends in `password`, `secret`, `token`, `api_key`, `access_key`, `authorization`, `X-Amz-Signature`, ... in `k=v`, `k: v`, JSON (escaped once more or not), query strings and XML |
//! | `token` | AWS access keys (`AKIA`, `ASIA`), JSON web tokens, `Bearer ...`, the inside of PEM blocks |
//! | `address` | the user and password in a URL |
//!
//! A text in which nothing is found costs about as much as a search for a few words. Colours (SGR) in the middle of a
//! name or a secret do not hide it. What is found is a secret for all that can be told from its looks: too much is
//! masked rather than too little, a key shows it.
//! Formats: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html> (prefixes of keys),
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html> (presigned URLs), RFC 7519 and 6750.

mod address;
mod pair;
mod token;

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::ops::Range;

use memchr::{memchr, memchr3_iter};

/// Where secrets stand in `raw`: in order, apart from each other, on boundaries of characters.
#[must_use]
pub fn find(raw: &str) -> Vec<Range<usize>> {
    match Uncoloured::of(raw) {
        None => find_in(raw),
        Some(plain) => find_in(&plain.text)
            .into_iter()
            .map(|range| plain.before(range.start)..plain.after(range.end))
            .collect(),
    }
}

/// `raw` with every secret in it masked, and how many there were. For files and the clipboard; still hostile.
#[must_use]
pub fn mask(raw: &str) -> (Cow<'_, str>, usize) {
    let secrets = find(raw);
    if secrets.is_empty() {
        return (Cow::Borrowed(raw), 0);
    }
    let mut masked = String::with_capacity(raw.len());
    let mut at = 0;
    for secret in &secrets {
        masked.push_str(&raw[at..secret.start]);
        masked.push_str(&placeholder(&raw[secret.clone()]));
        at = secret.end;
    }
    masked.push_str(&raw[at..]);
    (Cow::Owned(masked), secrets.len())
}

/// What stands for a secret: `[masked 40]`, with the number of its characters.
pub(super) fn placeholder(secret: &str) -> String {
    format!("{MARK}{}]", secret.chars().count())
}

const MARK: &str = "[masked ";

/// Where the placeholders end that begin at `at`.
fn behind_marks(text: &str, mut at: usize) -> usize {
    while let Some(inside) = text.get(at..).and_then(|rest| rest.strip_prefix(MARK)) {
        let digits = inside.bytes().take(20).take_while(u8::is_ascii_digit).count();
        if digits == 0 || inside.as_bytes().get(digits) != Some(&b']') {
            break;
        }
        at += MARK.len() + digits + 1;
    }
    at
}

/// Bytes of `text` from `at` on that are all like this.
fn run(text: &str, at: usize, like: impl Fn(u8) -> bool) -> usize {
    text.as_bytes().get(at..).unwrap_or_default().iter().take_while(|byte| like(**byte)).count()
}

fn find_in(text: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    // What a value has covered needs no second look: so the cost stays in proportion, whatever the text.
    let mut covered = 0;
    for at in memchr3_iter(b':', b'=', b'>', text.as_bytes()) {
        let secret =
            if at < covered { None } else { pair::value(text, at).or_else(|| address::user(text, at)) };
        if let Some(secret) = secret {
            covered = secret.end;
            found.push(secret);
        }
    }
    token::find(text, &mut found);
    if found.len() > 1 {
        found.sort_unstable_by_key(|range| range.start);
        found.dedup_by(|next, last| {
            let overlaps = next.start < last.end;
            if overlaps {
                last.end = last.end.max(next.end);
            }
            overlaps
        });
    }
    found
}

/// A text without the sequences that colour it, and where its pieces came from.
struct Uncoloured {
    text: String,
    /// (byte of this text, byte of the original) at the start of each piece.
    pieces: Vec<(usize, usize)>,
}

impl Uncoloured {
    fn of(raw: &str) -> Option<Self> {
        memchr(0x1b, raw.as_bytes())?;
        let (mut text, mut pieces, mut at) = (String::with_capacity(raw.len()), Vec::new(), 0);
        let mut rest = 0;
        while let Some(found) = memchr(0x1b, raw.as_bytes().get(rest..).unwrap_or_default()) {
            let escape = rest + found;
            let Some(length) = super::safe_text::sgr(&raw[escape..]) else {
                rest = escape + 1;
                continue;
            };
            pieces.push((text.len(), at));
            text.push_str(&raw[at..escape]);
            at = escape + length;
            rest = at;
        }
        pieces.push((text.len(), at));
        text.push_str(&raw[at..]);
        Some(Self { text, pieces })
    }

    /// The original place of the byte `at` of this text.
    fn before(&self, at: usize) -> usize {
        let piece = self.pieces.partition_point(|(start, _)| *start <= at).saturating_sub(1);
        let (start, original) = self.pieces[piece];
        original + (at - start)
    }

    /// The original place behind the byte before `at`.
    fn after(&self, at: usize) -> usize {
        at.checked_sub(1).map_or(0, |last| self.before(last) + 1)
    }
}
