//! A theme file: one line a role, one clear error.

use ratatui::style::{Color, Modifier, Style};
use toml::de::{DeTable, DeValue};

use super::{COUNT, EMBEDDED, Role};

/// What is wrong with a theme file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("theme {theme}, line {line}: {message}")]
pub struct ThemeError {
    /// The theme.
    pub theme: String,
    /// The line, from 1.
    pub line: usize,
    /// What is wrong and what would be right.
    pub message: String,
}

const COLORS: [(&str, Color); 17] = [
    ("default", Color::Reset),
    ("black", Color::Black),
    ("red", Color::Red),
    ("green", Color::Green),
    ("yellow", Color::Yellow),
    ("blue", Color::Blue),
    ("magenta", Color::Magenta),
    ("cyan", Color::Cyan),
    ("gray", Color::Gray),
    ("darkgray", Color::DarkGray),
    ("lightred", Color::LightRed),
    ("lightgreen", Color::LightGreen),
    ("lightyellow", Color::LightYellow),
    ("lightblue", Color::LightBlue),
    ("lightmagenta", Color::LightMagenta),
    ("lightcyan", Color::LightCyan),
    ("white", Color::White),
];

const MODIFIERS: [(&str, Modifier); 5] = [
    ("bold", Modifier::BOLD),
    ("dim", Modifier::DIM),
    ("italic", Modifier::ITALIC),
    ("underline", Modifier::UNDERLINED),
    ("reverse", Modifier::REVERSED),
];

/// The key that names the theme from which missing roles are taken.
const BASE: &str = "base";

pub(super) fn styles(theme: &str, text: &str) -> Result<[Style; COUNT], ThemeError> {
    let error = |at: usize, message: String| ThemeError {
        theme: theme.to_owned(),
        line: text[..text.floor_char_boundary(at)].matches('\n').count() + 1,
        message,
    };
    let table = DeTable::parse(text).map_err(|problem| {
        error(problem.span().map_or(0, |span| span.start), problem.message().to_owned())
    })?;
    let mut styles: [Option<Style>; COUNT] = [None; COUNT];
    let mut base = None;
    for (key, value) in table.get_ref() {
        let name = key.get_ref().as_ref();
        let DeValue::String(words) = value.get_ref() else {
            let message = format!("{name} must be a text such as \"#ff7b72 bold\"");
            return Err(error(value.span().start, message));
        };
        if name == BASE {
            let known = EMBEDDED.iter().find(|(known, _)| known == words);
            let (_, source) = known.ok_or_else(|| {
                let names: Vec<_> = EMBEDDED.iter().map(|(name, _)| *name).collect();
                let message = format!("there is no theme \"{words}\" to begin from: {}", names.join(", "));
                error(value.span().start, message)
            })?;
            base = Some(self::styles(words, source)?);
        } else if let Some(role) = Role::ALL.iter().find(|role| role.name() == name) {
            let style =
                style(words).map_err(|message| error(value.span().start, format!("{name}: {message}")))?;
            styles[*role as usize] = Some(style);
        } else {
            let message =
                format!("there is no role \"{name}\": {}", listed(Role::ALL.iter().map(|role| role.name())));
            return Err(error(key.span().start, message));
        }
    }
    let mut whole = base.unwrap_or([Style::new(); COUNT]);
    for (role, style) in Role::ALL.iter().zip(styles) {
        match style {
            Some(style) => whole[*role as usize] = style,
            None if base.is_some() => {}
            None => {
                let message = format!(
                    "the role \"{}\" is missing; {BASE} = \"{}\" takes what is missing from there",
                    role.name(),
                    EMBEDDED[0].0
                );
                return Err(error(text.len(), message));
            }
        }
    }
    Ok(whole)
}

/// One style: `[colour] [on colour] [bold dim italic underline reverse]`.
fn style(words: &str) -> Result<Style, String> {
    let mut style = Style::new();
    let mut behind = false;
    for word in words.split_whitespace() {
        if word == "on" {
            behind = true;
        } else if let Some((_, modifier)) = MODIFIERS.iter().find(|(name, _)| *name == word) {
            style = style.add_modifier(*modifier);
        } else if let Some(color) = color(word) {
            style = if behind { style.bg(color) } else { style.fg(color) };
            behind = false;
        } else {
            return Err(format!(
                "\"{word}\" is no colour: #rrggbb, {}; or {}",
                listed(COLORS.iter().map(|(name, _)| *name)),
                listed(MODIFIERS.iter().map(|(name, _)| *name)),
            ));
        }
    }
    if behind { Err("a colour must follow \"on\"".to_owned()) } else { Ok(style) }
}

fn color(word: &str) -> Option<Color> {
    if let Some((_, color)) = COLORS.iter().find(|(name, _)| *name == word) {
        return Some(*color);
    }
    let digits = word.strip_prefix('#').filter(|digits| digits.len() == 6 && digits.is_ascii())?;
    let number = u32::from_str_radix(digits, 16).ok()?;
    let [_, r, g, b] = number.to_be_bytes();
    Some(Color::Rgb(r, g, b))
}

fn listed(names: impl Iterator<Item = &'static str>) -> String {
    names.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complaint(text: &str) -> String {
        styles("mine", text).unwrap_err().to_string()
    }

    #[test]
    fn an_unknown_role_is_refused_with_its_line_and_the_roles_there_are() {
        let message = complaint("base = \"dusk\"\nerorr = \"red\"\n");
        assert!(
            message.starts_with("theme mine, line 2: there is no role \"erorr\": text, dim, "),
            "{message}"
        );
    }

    #[test]
    fn an_unknown_colour_is_refused_with_the_colours_there_are() {
        let message = complaint("base = \"dusk\"\n\nwarn = \"#12345\"\n");
        assert!(
            message.starts_with("theme mine, line 3: warn: \"#12345\" is no colour: #rrggbb, default, black")
        );
        assert!(message.ends_with("or bold, dim, italic, underline, reverse"), "{message}");
        assert!(complaint("warn = \"red on\"").contains("a colour must follow \"on\""));
        assert!(complaint("warn = 3").contains("must be a text"));
    }

    #[test]
    fn a_missing_role_is_named_unless_there_is_a_base() {
        assert!(complaint("text = \"red\"").contains("the role \"dim\" is missing"));
        assert!(complaint("base = \"dawn\"").contains("there is no theme \"dawn\""));
        let whole = styles("mine", "base = \"dusk\"\ntext = \"red on black bold\"").unwrap();
        let text = Style::new().fg(Color::Red).bg(Color::Black).add_modifier(Modifier::BOLD);
        assert_eq!(whole[Role::Text as usize], text);
    }

    #[test]
    fn a_file_that_is_no_toml_says_where() {
        assert!(complaint("text = \"red\"\ndim =").starts_with("theme mine, line 2: "));
    }
}
