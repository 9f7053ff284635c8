//! The user and password in a URL.

use std::ops::Range;

use super::{behind_marks, run};

/// How far behind `://` an `@` is looked for.
const FAR: usize = 512;

/// What stands before the `@` of a URL whose `:` is at byte `at`.
pub(super) fn user(text: &str, at: usize) -> Option<Range<usize>> {
    let bytes = text.as_bytes();
    if bytes.get(at..at + 3)? != b"://" || at == 0 || !bytes[at - 1].is_ascii_alphanumeric() {
        return None;
    }
    let start = behind_marks(text, at + 3);
    let ends =
        |byte: u8| byte <= b' ' || matches!(byte, b'"' | b'\'' | b'<' | b'>' | b'`' | b'?' | b'#' | b'\\');
    let far = text.floor_char_boundary(start + FAR);
    let near = &text[..far];
    let host = run(near, start, |byte| !ends(byte) && byte != b'/');
    let authority = &near[start..start + host];
    let end = if let Some(end) = authority.rfind('@') {
        end
    } else {
        // A password may have a slash that nobody encoded: then what looks like a port is none.
        let port = authority.split_once(':')?.1;
        if port.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let rest = run(near, start, |byte| !ends(byte));
        near[start..start + rest].find('@')?
    };
    (end > 0).then_some(start..start + end)
}
