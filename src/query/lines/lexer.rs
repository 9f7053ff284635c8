//! Text to terms: where each begins, what is quoted, what is a regex.

/// One term as it was typed, or a bar between two.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token<'a> {
    /// Byte offset of its first character, the sign of negation included.
    pub(super) at: usize,
    /// Whether `-` stands before it.
    pub(super) negative: bool,
    pub(super) body: Body<'a>,
}

/// What a term is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Body<'a> {
    /// Between quotes, without them.
    Phrase(String),
    /// Between slashes, without them; slashes in it stand behind a backslash.
    Regex(&'a str),
    /// Anything else, up to the next blank outside of quotes.
    Word(&'a str),
}

impl Token<'_> {
    /// Whether it is the bar between two alternatives.
    pub(super) fn is_bar(&self) -> bool {
        !self.negative && self.body == Body::Word("|")
    }

    /// Byte offset of the body's first character.
    pub(super) const fn start(&self) -> usize {
        self.at + self.negative as usize
    }
}

/// The terms of a text, in order.
pub(super) fn tokens(text: &str) -> impl Iterator<Item = Token<'_>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = &text[at..];
        at += rest.len() - rest.trim_start().len();
        if at == text.len() {
            return None;
        }
        let (token, end) = token(text, at);
        at = end;
        Some(token)
    })
}

/// The term that begins at `at`, and where it ends.
fn token(text: &str, at: usize) -> (Token<'_>, usize) {
    let negative = text[at..].starts_with('-');
    let start = at + usize::from(negative);
    let rest = &text[start..];
    let (body, length) = if let Some(quoted) = rest.strip_prefix('"') {
        let (phrase, length) = unquoted(quoted);
        (Body::Phrase(phrase), 1 + length)
    } else if let Some(pattern) = regex(rest) {
        (Body::Regex(pattern), pattern.len() + 2)
    } else {
        let length = word(rest);
        (Body::Word(&rest[..length]), length)
    };
    (Token { at, negative, body }, start + length)
}

/// What stands in quotes, with `\"` and `\\` resolved, and how many bytes it takes with the closing quote. Without
/// one it goes to the end: someone is still typing.
pub(super) fn unquoted(text: &str) -> (String, usize) {
    let mut phrase = String::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return (phrase, at + 1),
            '\\' => match chars.next() {
                Some((_, escaped @ ('"' | '\\'))) => phrase.push(escaped),
                Some((_, other)) => phrase.extend(['\\', other]),
                None => phrase.push('\\'),
            },
            _ => phrase.push(c),
        }
    }
    (phrase, text.len())
}

/// What was typed as a value, without its quotes.
pub(super) fn value(typed: &str) -> String {
    typed.strip_prefix('"').map_or_else(|| typed.to_owned(), |quoted| unquoted(quoted).0)
}

/// The pattern of a term that both begins and ends with a slash; a path does not.
fn regex(text: &str) -> Option<&str> {
    let inner = text.strip_prefix('/')?;
    let mut escaped = false;
    for (at, c) in inner.char_indices() {
        match c {
            '/' if !escaped => {
                let after = inner[at + 1..].chars().next();
                return after
                    .is_none_or(char::is_whitespace)
                    .then_some(&inner[..at])
                    .filter(|inner| !inner.is_empty());
            }
            _ => escaped = c == '\\' && !escaped,
        }
    }
    None
}

/// Length of a word: up to a blank that stands outside of quotes.
fn word(text: &str) -> usize {
    let (mut quoted, mut escaped) = (false, false);
    for (at, c) in text.char_indices() {
        match c {
            '"' if !escaped => quoted = !quoted,
            _ if c.is_whitespace() && !quoted => return at,
            _ => {}
        }
        escaped = c == '\\' && !escaped;
    }
    if quoted { text.find(char::is_whitespace).unwrap_or(text.len()) } else { text.len() }
}
