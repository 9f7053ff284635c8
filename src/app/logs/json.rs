//! JSON in a line, read once from left to right: no tree and no recursion, however deep and large it is.

use std::ops::Range;

use memchr::memchr2;

/// Text that unfolded JSON may take; what is left of the line follows as it came.
const MOST_UNFOLDED: usize = 4_000_000;
/// Levels that are still indented.
const INDENTED: usize = 24;

/// What a piece of JSON is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Open,
    Close,
    Key,
    Colon,
    Value,
    Comma,
}

/// What may come next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Expect {
    Value,
    ValueOrEnd,
    Key,
    KeyOrEnd,
    Colon,
    CommaOrEnd,
    Nothing,
}

/// The pieces of one JSON value, as far as it is one.
struct Walk<'a> {
    text: &'a str,
    at: usize,
    /// The brackets that are open; true for an object.
    open: Vec<bool>,
    expect: Expect,
}

impl<'a> Walk<'a> {
    const fn new(text: &'a str, at: usize) -> Self {
        Self { text, at, open: Vec::new(), expect: Expect::Value }
    }

    /// Whether a whole value was read.
    fn is_whole(&self) -> bool {
        self.expect == Expect::Nothing
    }

    fn after_value(&mut self) {
        self.expect = if self.open.is_empty() { Expect::Nothing } else { Expect::CommaOrEnd };
    }

    /// The end of the string that begins at `start`.
    fn string(&self, start: usize) -> Option<usize> {
        let bytes = self.text.as_bytes();
        let mut at = start + 1;
        loop {
            at += memchr2(b'"', b'\\', bytes.get(at..)?)?;
            if bytes[at] == b'"' {
                return Some(at + 1);
            }
            at += 2;
        }
    }

    /// The end of a number, `true`, `false` or `null` that begins at `start`.
    fn word(&self, start: usize) -> Option<usize> {
        let rest = &self.text[start..];
        let length = rest
            .bytes()
            .position(|byte| !(byte.is_ascii_alphanumeric() || b"+-.".contains(&byte)))
            .unwrap_or(rest.len());
        let word = &rest[..length];
        let known = matches!(word, "true" | "false" | "null")
            || word.starts_with(|c: char| c == '-' || c.is_ascii_digit()) && word.parse::<f64>().is_ok();
        known.then_some(start + length)
    }
}

impl Iterator for Walk<'_> {
    type Item = (Kind, Range<usize>);

    fn next(&mut self) -> Option<Self::Item> {
        use Expect as E;
        if self.expect == E::Nothing {
            return None;
        }
        let rest = &self.text[self.at..];
        let start = self.at + (rest.len() - rest.trim_start_matches([' ', '\t', '\n', '\r']).len());
        let byte = *self.text.as_bytes().get(start)?;
        let within = self.open.last().copied();
        let (kind, end) = match (byte, self.expect) {
            (b'{' | b'[', E::Value | E::ValueOrEnd) => {
                let object = byte == b'{';
                self.open.push(object);
                self.expect = if object { E::KeyOrEnd } else { E::ValueOrEnd };
                (Kind::Open, start + 1)
            }
            (b'}', E::KeyOrEnd | E::CommaOrEnd) if within == Some(true) => {
                self.open.pop();
                self.after_value();
                (Kind::Close, start + 1)
            }
            (b']', E::ValueOrEnd | E::CommaOrEnd) if within == Some(false) => {
                self.open.pop();
                self.after_value();
                (Kind::Close, start + 1)
            }
            (b',', E::CommaOrEnd) => {
                self.expect = if within == Some(true) { E::Key } else { E::Value };
                (Kind::Comma, start + 1)
            }
            (b':', E::Colon) => {
                self.expect = E::Value;
                (Kind::Colon, start + 1)
            }
            (b'"', E::Key | E::KeyOrEnd) => {
                let end = self.string(start)?;
                self.expect = E::Colon;
                (Kind::Key, end)
            }
            (b'"', E::Value | E::ValueOrEnd) => {
                let end = self.string(start)?;
                self.after_value();
                (Kind::Value, end)
            }
            (_, E::Value | E::ValueOrEnd) => {
                let end = self.word(start)?;
                self.after_value();
                (Kind::Value, end)
            }
            _ => return None,
        };
        self.at = end;
        Some((kind, start..end))
    }
}

/// Where JSON with fields begins in a line: `{"`, or the brackets right before it where the line begins with them.
fn start(line: &str) -> Option<usize> {
    let brace =
        memchr::memchr_iter(b'{', line.as_bytes()).find(|at| line[at + 1..].trim_start().starts_with('"'))?;
    let before = &line[..brace];
    let array = before.trim_start().starts_with('[')
        && before.bytes().all(|byte| byte == b'[' || byte.is_ascii_whitespace());
    Some(if array { before.find('[').unwrap_or(brace) } else { brace })
}

/// A line whose JSON stands unfolded, one field a line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::app) struct Unfolded {
    pub(in crate::app) text: String,
    /// Where its names stand in the text, in order.
    pub(in crate::app) names: Vec<Range<usize>>,
}

/// The line with its JSON unfolded; `None` where it holds none. What is before it and behind it stays, and so does the
/// rest of one that was cut off.
pub(in crate::app) fn unfolded(line: &str) -> Option<Unfolded> {
    let from = start(line)?;
    let mut walk = Walk::new(line, from);
    let mut out = Unfolded::default();
    let before = line[..from].trim_end();
    if !before.is_empty() {
        out.text.push_str(before);
        out.text.push('\n');
    }
    let (mut depth, mut after): (usize, Option<Kind>) = (0, None);
    while out.text.len() < MOST_UNFOLDED
        && let Some((kind, range)) = walk.next()
    {
        if kind == Kind::Close {
            depth -= 1;
        }
        let breaks = match (after, kind) {
            (Some(Kind::Open), Kind::Close) => false,
            (Some(Kind::Open | Kind::Comma), _) | (Some(_), Kind::Close) => true,
            _ => false,
        };
        if breaks {
            out.text.push('\n');
            out.text.extend(std::iter::repeat_n("  ", depth.min(INDENTED)));
        }
        let at = out.text.len();
        out.text.push_str(&line[range]);
        match kind {
            Kind::Open => depth += 1,
            Kind::Colon => out.text.push(' '),
            Kind::Key => out.names.push(at..out.text.len()),
            Kind::Close | Kind::Value | Kind::Comma => {}
        }
        after = Some(kind);
    }
    if out.names.is_empty() {
        return None;
    }
    let rest = line[walk.at..].trim();
    if !rest.is_empty() {
        out.text.push('\n');
        out.text.push_str(rest);
    }
    Some(out)
}

/// The fields of a line that is one JSON object, folded to one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Folded {
    /// The message, then the other fields.
    pub(super) text: String,
    /// Where the other fields begin, if there is a message before them.
    pub(super) fields_from: Option<usize>,
    /// How many fields there are.
    pub(super) fields: usize,
    /// There are more: it was cut off.
    pub(super) cut: bool,
}

/// Fields that hold the message.
const MESSAGES: [&str; 2] = ["message", "msg"];
/// Fields that say what other columns say.
const SAID: [&str; 8] = [
    "timestamp",
    "time",
    "@timestamp",
    "level",
    "requestId",
    "AWSRequestId",
    "function_request_id",
    "log.level",
];

/// Folds a line that is one JSON object; `None` where it is none. Of a long one as much as `line` holds of it.
pub(super) fn folded(line: &str) -> Option<Folded> {
    let start = line.len() - line.trim_start().len();
    if !line[start..].starts_with('{') {
        return None;
    }
    let mut walk = Walk::new(line, start);
    let (mut message, mut others, mut fields) = (None, String::new(), 0);
    let mut name: Option<Range<usize>> = None;
    let mut value: Option<usize> = None;
    while let Some((kind, range)) = walk.next() {
        let depth = walk.open.len();
        match kind {
            Kind::Key if depth == 1 => name = Some(range),
            Kind::Open if depth == 2 => value = Some(range.start),
            Kind::Value | Kind::Close if depth == 1 => {
                let Some(name) = name.take() else { continue };
                let whole = value.take().unwrap_or(range.start)..range.end;
                let name = &line[name.start + 1..name.end - 1];
                fields += 1;
                let text = &line[whole];
                if message.is_none() && MESSAGES.contains(&name) && text.starts_with('"') {
                    message = serde_json::from_str::<String>(text).ok();
                    continue;
                }
                if SAID.contains(&name) {
                    continue;
                }
                if !others.is_empty() {
                    others.push(' ');
                }
                others.push_str(name);
                others.push('=');
                others.push_str(plain(text));
            }
            _ => {}
        }
    }
    // What is more than one object is shown as it came, and so is one of which little could be read.
    let cut = !walk.is_whole();
    let fits = if walk.is_whole() { line[walk.at..].trim().is_empty() } else { walk.at >= line.len() / 2 };
    if fields == 0 || !fits {
        return None;
    }
    let Some(mut text) = message else {
        return Some(Folded { text: others, fields_from: None, fields, cut });
    };
    let fields_from = text.len();
    if !others.is_empty() {
        text.push(' ');
        text.push_str(&others);
    }
    Some(Folded { text, fields_from: Some(fields_from), fields, cut })
}

/// A text without its quotes where it is one word.
fn plain(value: &str) -> &str {
    let inner = value.strip_prefix('"').and_then(|value| value.strip_suffix('"'));
    inner.filter(|inner| !inner.is_empty() && !inner.contains([' ', '\\', '"', '='])).unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_unfolded_one_field_a_line() {
        let tree =
            unfolded("Invoke Error \t{\"a\":1,\"b\":{\"c\":[1,\"x y\"],\"d\":{}},\"e\":[]} tail").unwrap();
        assert_eq!(
            tree.text,
            "Invoke Error\n{\n  \"a\": 1,\n  \"b\": {\n    \"c\": [\n      1,\n      \"x y\"\n    ],\n    \"d\": {}\n  },\n  \"e\": []\n}\ntail"
        );
        let names: Vec<&str> = tree.names.iter().map(|name| &tree.text[name.clone()]).collect();
        assert_eq!(names, ["\"a\"", "\"b\"", "\"c\"", "\"d\"", "\"e\""]);
    }

    #[test]
    fn what_is_no_json_is_left_alone_and_what_was_cut_off_is_unfolded_as_far_as_it_goes() {
        for line in ["", "{", "{}", "hello {world}", "[INFO] x", "{1: 2}", "{\"", "a { \"b\" c"] {
            assert!(
                unfolded(line).is_none_or(|unfolded| line.contains("\"b\"") && !unfolded.names.is_empty()),
                "{line}"
            );
        }
        assert_eq!(unfolded("{\"a\": 1, \"b\": \"cut").unwrap().text, "{\n  \"a\": 1,\n  \"b\": \n\"cut");
        assert_eq!(unfolded("[{\"a\":1}]").unwrap().text, "[\n  {\n    \"a\": 1\n  }\n]");
    }

    #[test]
    fn depth_and_size_cost_no_stack_and_no_time_without_end() {
        let deep = format!("{}1{}", "{\"a\":".repeat(100_000), "}".repeat(100_000));
        assert!(unfolded(&deep).unwrap().text.len() < 2 * MOST_UNFOLDED);
        let arrays = format!("{{\"a\":{}", "[".repeat(100_000));
        assert!(unfolded(&arrays).is_some());
        let many: String = (0..1_000_000).fold(String::from("{\"k\":0"), |mut text, number| {
            text.push_str(",\"");
            text.push_str(&number.to_string());
            text.push_str("\":1");
            text
        });
        assert!(unfolded(&format!("{many}}}")).unwrap().text.len() < 30_000_000);
        assert!(folded(&deep).is_some_and(|folded| folded.fields == 1));
    }

    #[test]
    fn a_row_says_the_message_first_and_then_the_other_fields() {
        let line = "{\"level\":\"INFO\",\"message\":\"batch of \\\"25\\\"\",\"shard\":4,\"who\":{\"id\":7},\"why\":\"two words\",\"at\":\"x\"}";
        let row = folded(line).unwrap();
        assert_eq!(row.text, "batch of \"25\" shard=4 who={\"id\":7} why=\"two words\" at=x");
        assert_eq!((row.fields_from, row.fields), (Some("batch of \"25\"".len()), 6));
        let without = folded("{\"event\":\"order.placed\",\"order\":48212}").unwrap();
        assert_eq!((without.text.as_str(), without.fields_from), ("event=order.placed order=48212", None));
        for none in ["", "{}", "text {\"a\":1}", "{\"a\":1} and text", "{oops}", "[1]"] {
            assert_eq!(folded(none), None, "{none}");
        }
    }
}
