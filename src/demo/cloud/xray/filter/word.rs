//! The words of a filter expression.

/// One word.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Word {
    /// A name with its dots, and what stands in brackets behind it: `annotation[key]` is `annotation.key`.
    Name(String),
    Text(String),
    Number(f64),
    /// `= != < <= > >= ! ( ) { } , :`
    Sign(&'static str),
}

/// The signs, longer ones first.
const SIGNS: [&str; 13] = ["!=", "<=", ">=", "=", "<", ">", "!", "(", ")", "{", "}", ",", ":"];

/// Splits an expression.
pub(super) fn words(text: &str) -> Result<Vec<Word>, String> {
    let (mut words, mut rest) = (Vec::new(), text.trim_start());
    while let Some(first) = rest.chars().next() {
        let (word, after) = match first {
            '"' => quoted(rest)?,
            '0'..='9' | '-' | '.' => number(rest)?,
            'a'..='z' | 'A'..='Z' | '_' => name(rest)?,
            _ => {
                let sign = SIGNS.into_iter().find(|sign| rest.starts_with(sign));
                let sign = sign.ok_or_else(|| format!("unexpected character '{first}'"))?;
                (Word::Sign(sign), &rest[sign.len()..])
            }
        };
        words.push(word);
        rest = after.trim_start();
    }
    Ok(words)
}

fn quoted(text: &str) -> Result<(Word, &str), String> {
    let (mut inside, mut escaped) = (String::new(), false);
    for (place, character) in text.char_indices().skip(1) {
        match character {
            '\\' if !escaped => escaped = true,
            '"' if !escaped => return Ok((Word::Text(inside), &text[place + 1..])),
            _ => {
                escaped = false;
                inside.push(character);
            }
        }
    }
    Err("a text without its end".to_owned())
}

fn number(text: &str) -> Result<(Word, &str), String> {
    let end = text.find(|c: char| !matches!(c, '0'..='9' | '.' | '-')).unwrap_or(text.len());
    let number = text[..end].parse().map_err(|_| format!("'{}' is no number", &text[..end]))?;
    Ok((Word::Number(number), &text[end..]))
}

fn name(text: &str) -> Result<(Word, &str), String> {
    let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || "._-".contains(c))).unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    let Some(bracket) = rest.strip_prefix('[') else { return Ok((Word::Name(name.to_owned()), rest)) };
    let (key, rest) = bracket.split_once(']').ok_or_else(|| "a bracket without its end".to_owned())?;
    Ok((Word::Name(format!("{name}.{}", key.trim_matches('"'))), rest))
}
