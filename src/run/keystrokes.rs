//! Keys written as text: `/pay<Enter>`.

use crate::app::{Code, Key};

const NAMED: &[(&str, Code)] = &[
    ("Enter", Code::Enter),
    ("Esc", Code::Esc),
    ("Tab", Code::Tab),
    ("Backspace", Code::Backspace),
    ("Delete", Code::Delete),
    ("Left", Code::Left),
    ("Right", Code::Right),
    ("Up", Code::Up),
    ("Down", Code::Down),
    ("Home", Code::Home),
    ("End", Code::End),
    ("PgUp", Code::PageUp),
    ("PgDn", Code::PageDown),
    ("lt", Code::Char('<')),
];

/// The keys of a text: each character is one, `<Name>` is a named one, `<lt>` is `<`. The error says where it stops making
/// sense and which names there are.
pub fn parse(text: &str) -> Result<Vec<Key>, String> {
    let plain = |code| Key { code, ctrl: false, alt: false, shift: false };
    let mut keys = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if c != '<' {
            keys.push(plain(Code::Char(c)));
            rest = &rest[c.len_utf8()..];
            continue;
        }
        let name = rest[1..].split_once('>').map(|(name, _)| name);
        let found = name.and_then(|name| NAMED.iter().find(|(known, _)| *known == name));
        let Some((name, code)) = found else {
            let names: Vec<String> = NAMED.iter().map(|(name, _)| format!("<{name}>")).collect();
            return Err(format!("no key at \"{rest}\": allowed are characters and {}", names.join(" ")));
        };
        keys.push(plain(*code));
        rest = &rest[name.len() + 2..];
    }
    Ok(keys)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_and_named_keys_are_told_apart() {
        let codes = |text: &str| parse(text).unwrap().into_iter().map(|key| key.code).collect::<Vec<_>>();
        assert_eq!(codes("/p<Enter>"), [Code::Char('/'), Code::Char('p'), Code::Enter]);
        assert_eq!(codes("<lt>>"), [Code::Char('<'), Code::Char('>')]);
        assert!(parse("<Entr>").unwrap_err().contains("no key at \"<Entr>\""));
        assert!(parse("a<").is_err());
    }
}
