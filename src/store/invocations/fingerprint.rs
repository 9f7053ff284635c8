//! What makes two errors the same: kind and message, with all that differs from one request to the next masked.

use std::fmt::Write as _;

/// Characters of a fingerprint, at most.
const LONGEST: usize = 160;

/// The kind and the message of an error, with numbers, ids, hexadecimal digits, addresses, dates, paths and quoted texts
/// masked: `#`, `<id>`, `<date>`, `<path>`, `'…'`; of a list of any of them only the first is told.
#[must_use]
pub fn fingerprint(kind: &str, message: &str) -> String {
    let mut print = String::with_capacity(kind.len() + message.len().min(LONGEST) + 2);
    print.push_str(kind);
    if !kind.is_empty() && !message.is_empty() {
        print.push_str(": ");
    }
    let mut rest = message;
    while let Some(first) = rest.chars().next() {
        if print.len() >= LONGEST {
            print.push('…');
            break;
        }
        rest = quoted(first, rest, &mut print).or_else(|| word(rest, &mut print)).unwrap_or_else(|| {
            // Blanks of any number are one.
            if first.is_whitespace() {
                if !print.ends_with(' ') {
                    print.push(' ');
                }
            } else {
                print.push(first);
            }
            &rest[first.len_utf8()..]
        });
        end_list(&mut print);
    }
    print.truncate(print.trim_end().len());
    print
}

/// A text in quotes; an apostrophe inside a word is none.
fn quoted<'a>(first: char, rest: &'a str, print: &mut String) -> Option<&'a str> {
    let inside_a_word = print.chars().next_back().is_some_and(char::is_alphanumeric);
    if !matches!(first, '\'' | '"' | '`') || inside_a_word {
        return None;
    }
    let end = rest[1..].find(first)?;
    let _ = write!(print, "{first}…{first}");
    Some(&rest[end + 2..])
}

/// A run of letters, digits and what ids, numbers and paths have between them.
fn word<'a>(rest: &'a str, print: &mut String) -> Option<&'a str> {
    let belongs = |c: char| {
        c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | ',' | '/' | ':' | '%' | '+' | '@' | '$')
    };
    let end = rest.find(|c: char| !belongs(c)).unwrap_or(rest.len());
    // What ends a sentence is not part of the word.
    let word = rest[..end].trim_end_matches(['.', ',', ':', '-', '/', '+']);
    if word.is_empty() {
        return None;
    }
    if word.matches('/').count() >= 2 || word.starts_with('/') && word.len() > 1 {
        print.push_str("<path>");
    } else if is_id(word) || is_mail(word) {
        print.push_str("<id>");
    } else if is_date(word) {
        print.push_str("<date>");
    } else if is_address(word) {
        print.push('#');
    } else {
        // Names with colons, as ARNs are: an id may be one of their parts.
        for (at, part) in word.split(':').enumerate() {
            if at > 0 {
                print.push(':');
            }
            if is_id(part) {
                print.push_str("<id>");
            } else {
                numbers(part, print);
            }
        }
    }
    Some(&rest[word.len()..])
}

/// A UUID, a long hexadecimal number, or letters and digits mixed as nobody writes words: `AKIAIOSFODNN7EXAMPLE`,
/// `ord_9f3k2m1q`.
fn is_id(word: &str) -> bool {
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    let letters = word.bytes().filter(u8::is_ascii_alphabetic).count();
    if digits == 0 || letters == 0 || word.contains(['.', ':', '%', '@']) || is_date(word) {
        return false;
    }
    let plain = word.strip_prefix("0x").unwrap_or(word);
    let hex = plain.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
    let changes = word
        .as_bytes()
        .windows(2)
        .filter(|pair| pair[0].is_ascii_digit() != pair[1].is_ascii_digit())
        .count();
    hex && (plain.len() >= 6 || word.starts_with("0x")) || word.len() >= 8 && digits >= 2 && changes >= 3
}

/// `anna@shop.example`.
fn is_mail(word: &str) -> bool {
    word.split_once('@')
        .is_some_and(|(who, host)| !who.is_empty() && host.contains('.') && !host.contains('/'))
}

/// A day, alone or with a time: `2026-03-01`, `2026-03-01T12:00:00.123Z`.
fn is_date(word: &str) -> bool {
    let shape = b"0000-00-00";
    word.len() >= shape.len()
        && word
            .bytes()
            .zip(shape)
            .all(|(byte, like)| if *like == b'-' { byte == b'-' } else { byte.is_ascii_digit() })
        && word.as_bytes().get(shape.len()).is_none_or(|next| matches!(next, b'T' | b't'))
}

/// An address of IPv6: `2001:db8::1`.
fn is_address(word: &str) -> bool {
    let hex = word.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b':');
    let groups = word.matches(':').count();
    hex && (word.contains("::") && word.len() > 2 || groups == 7)
}

/// What stands in a list behind the first of its kind is cut off: how many there are differs too.
fn end_list(print: &mut String) {
    const MORE: &str = ", …";
    for mask in ["#", "<id>", "<date>", "<path>", "'…'", "\"…\"", "`…`"] {
        let Some(before) = print.strip_suffix(mask).and_then(|before| before.strip_suffix(", ")) else {
            continue;
        };
        let told = before.strip_suffix(MORE);
        if told.unwrap_or(before).ends_with(mask) {
            let length = told.unwrap_or(before).len();
            print.truncate(length);
            print.push_str(MORE);
        }
    }
}

/// A word with its numbers masked; those at the end of a name (`ipv4`, `http2`) are part of it.
fn numbers(word: &str, print: &mut String) {
    // A sign belongs to its number.
    let mut rest = word
        .strip_prefix(['-', '+'])
        .filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
        .unwrap_or(word);
    while let Some(at) = rest.find(|c: char| c.is_ascii_digit()) {
        let (before, number) = rest.split_at(at);
        let end =
            number.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | ','))).unwrap_or(number.len());
        let number = number[..end].trim_end_matches(['.', ',']);
        let named = before.chars().next_back().is_some_and(char::is_alphabetic);
        print.push_str(before);
        print.push_str(if named && number.len() == 1 { number } else { "#" });
        rest = &rest[at + number.len()..];
    }
    print.push_str(rest);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_differs_from_one_request_to_the_next_is_masked() {
        for (message, masked) in [
            ("order 81723 not found", "order # not found"),
            ("took 3.52s of 3,000 ms", "took #s of # ms"),
            ("no stock for sku 'SKU-77 red'", "no stock for sku '…'"),
            ("user \"Anna\" can't pay", "user \"…\" can't pay"),
            ("request 8f5bd2c1-22a3-4b6e-9a44-0d7a3c1be0f9 failed", "request <id> failed"),
            ("segfault at 0x7ffe2b", "segfault at <id>"),
            ("no such file: /tmp/upload-1234/a.png", "no such file: <path>"),
            ("key AKIAIOSFODNN7EX4MPL3 is unknown.", "key <id> is unknown."),
            ("connect ECONNREFUSED 10.0.12.7:5432", "connect ECONNREFUSED #:#"),
            ("http2 over ipv4 in us-east-1", "http2 over ipv4 in us-east-#"),
            ("two   blanks\tare one ", "two blanks are one"),
            ("don't stop", "don't stop"),
            ("balance is -5.20 EUR", "balance is # EUR"),
            (
                "no access to arn:aws:sqs:eu-west-1:123456789012:orders",
                "no access to arn:aws:sqs:eu-west-#:#:orders",
            ),
            ("RequestId:8f5bd2c1-22a3-4b6e-9a44-0d7a3c1be0f9 failed", "RequestId:<id> failed"),
            (
                "arn:aws:states:eu-west-1:123456789012:execution:refund:8f5bd2c1-22a3-4b6e-9a44-0d7a3c1be0f9 failed",
                "arn:aws:states:eu-west-#:#:execution:refund:<id> failed",
            ),
            ("token expired at 2026-03-01T12:00:00.123Z", "token expired at <date>"),
            ("no rates of 2026-03-01, 12:00:31", "no rates of <date>, #:#:#"),
            ("connect ETIMEDOUT 2001:db8::1f", "connect ETIMEDOUT #"),
            ("no user anna.k@shop.example.", "no user <id>."),
            ("items [12, 45, 78] are gone", "items [#, …] are gone"),
            ("one of 'a', 'b' is missing", "one of '…', … is missing"),
            ("C:\\tmp\\a-7.png is locked", "C:\\tmp\\a-#.png is locked"),
            ("", ""),
        ] {
            assert_eq!(fingerprint("", message), masked);
        }
        assert_eq!(fingerprint("KeyError", "'sku'"), "KeyError: '…'");
        assert_eq!(fingerprint("Runtime.ExitError", ""), "Runtime.ExitError");
    }

    #[test]
    fn errors_of_two_requests_are_one_group_and_two_errors_are_two() {
        let one = fingerprint("ThrottlingException", "Rate exceeded for table orders-7 after 812 ms");
        assert_eq!(one, fingerprint("ThrottlingException", "Rate exceeded for table orders-9 after 40 ms"));
        assert_ne!(one, fingerprint("ValidationException", "Rate exceeded for table orders-7 after 812 ms"));
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn no_text_is_too_strange_and_none_makes_a_long_fingerprint(kind in "\\PC{0,20}", message in "\\PC{0,400}") {
            let print = fingerprint(&kind, &message);
            prop_assert!(print.len() <= LONGEST + kind.len() + 300, "{}", print.len());
        }
    }
}
