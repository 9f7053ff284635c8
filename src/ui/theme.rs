//! Which style each meaning has: the only place that knows colours.
//!
//! Screens speak of a [`Role`]; a theme file maps every role to a style. A style is one line, as a person
//! would say it: `"#ff7b72 bold"`, `"on #242c3d"`, `"yellow underline"`. Themes are written in true colour
//! or in the terminal's sixteen and are brought down to what a terminal can show by [`Theme::adapted`].

mod ansi;
mod depth;
mod parse;

use std::sync::Arc;

use ratatui::style::{Color, Style};

pub use depth::{Depth, rgb};
pub use parse::ThemeError;

macro_rules! roles {
    ($($(#[$doc:meta])* $role:ident $name:literal,)*) => {
        /// What a cell means. Themes map these and nothing else.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Role { $($(#[$doc])* $role,)* }

        impl Role {
            /// All of them, in the order of the theme files.
            pub const ALL: &'static [Self] = &[$(Self::$role,)*];

            /// The name in a theme file.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$role => $name,)* }
            }
        }
    };
}

roles! {
    /// What is read.
    Text "text",
    /// Labels, axes, the glyph of a healthy row.
    Dim "dim",
    /// Rules and grids.
    Faint "faint",
    /// What the eye takes first.
    Strong "strong",
    /// Focus, the active tab, keys: the only decoration.
    Accent "accent",
    /// The row under the cursor.
    Select "select",
    /// What a filter matched.
    Match "match",
    /// A change back to good; health itself is plain text.
    Ok "ok",
    /// Look at it.
    Warn "warn",
    /// Something failed.
    Error "error",
    /// Refused for want of concurrency.
    Throttle "throttle",
    /// A cold start.
    Cold "cold",
    /// Out of time or memory.
    Timeout "timeout",
    /// Stale, unfinished, not sampled.
    Unknown "unknown",
    /// A deploy.
    Deploy "deploy",
    /// A function or percentile; never good or bad.
    Series1 "series1",
    /// A function or percentile; never good or bad.
    Series2 "series2",
    /// A function or percentile; never good or bad.
    Series3 "series3",
    /// A function or percentile; never good or bad.
    Series4 "series4",
    /// A function or percentile; never good or bad.
    Series5 "series5",
    /// A function or percentile; never good or bad.
    Series6 "series6",
    /// What is behind everything.
    Background "background",
}

const COUNT: usize = Role::ALL.len();

/// A style for every role.
#[derive(Clone, Debug, PartialEq)]
pub struct Theme {
    name: Arc<str>,
    styles: [Style; COUNT],
    /// The same roles between their colour and the background: the body of a chart under its edge.
    tints: [Style; COUNT],
    /// What it was adapted to.
    depth: Depth,
}

/// How much of a role's colour the body of a chart keeps, of 256.
const TINT: u16 = 92;

/// The themes that are part of the program, the defaults first.
const EMBEDDED: [(&str, &str); 8] = [
    ("dusk", include_str!("../../themes/dusk.toml")),
    ("paper", include_str!("../../themes/paper.toml")),
    ("okabe", include_str!("../../themes/okabe.toml")),
    ("nord", include_str!("../../themes/nord.toml")),
    ("gruvbox", include_str!("../../themes/gruvbox.toml")),
    ("catppuccin", include_str!("../../themes/catppuccin.toml")),
    ("ansi16", include_str!("../../themes/ansi16.toml")),
    ("mono", include_str!("../../themes/mono.toml")),
];

impl Theme {
    /// The theme of a terminal of which nothing is known: dark.
    pub const DEFAULT: &'static str = "dusk";

    /// Names of the themes that are part of the program.
    pub fn embedded() -> impl Iterator<Item = &'static str> {
        EMBEDDED.iter().map(|(name, _)| *name)
    }

    /// The theme called `name` that is part of the program.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let (name, text) = EMBEDDED.iter().find(|(known, _)| *known == name)?;
        Self::parse(name, text).ok()
    }

    /// Reads a theme file. A role may be left out only if `base = "..."` names an embedded theme that has it.
    ///
    /// # Errors
    /// The first thing that is wrong, with its line and what would be right.
    pub fn parse(name: &str, text: &str) -> Result<Self, ThemeError> {
        parse::styles(name, text).map(|styles| Self::from_styles(name, &styles))
    }

    /// What a terminal with `depth` can show of it. Sixteen colours and none are themes of their own, chosen
    /// by hand, because the nearest of sixteen colours is too often the same one.
    #[must_use]
    pub fn adapted(&self, depth: Depth) -> Self {
        match depth {
            Depth::Indexed => {
                let mut adapted = Self { depth, ..self.clone() };
                for style in adapted.styles.iter_mut().chain(&mut adapted.tints) {
                    style.fg = style.fg.map(depth::nearest_indexed);
                    style.bg = style.bg.map(depth::nearest_indexed);
                }
                adapted
            }
            Depth::Sixteen if self.has_rgb() => Self { depth, ..self.replaced_by("ansi16") },
            Depth::True | Depth::Sixteen => Self { depth, ..self.clone() },
            Depth::Mono => Self { depth, ..self.replaced_by("mono") },
        }
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How `role` looks.
    #[must_use]
    pub const fn style(&self, role: Role) -> Style {
        self.styles[role as usize]
    }

    /// How the body of a chart in `role` looks, below its edge.
    #[must_use]
    pub const fn tint(&self, role: Role) -> Style {
        self.tints[role as usize]
    }

    /// Red, green and blue of text and of what is behind it, for pictures: a theme that leaves them to the
    /// terminal gets light grey on black.
    #[must_use]
    pub fn page(&self) -> ([u8; 3], [u8; 3]) {
        let text = self.style(Role::Text).fg.and_then(rgb);
        let background = self.style(Role::Background).bg.and_then(rgb);
        (text.unwrap_or([0xd0, 0xd0, 0xd0]), background.unwrap_or([0; 3]))
    }

    fn from_styles(name: &str, styles: &[Style; COUNT]) -> Self {
        let background = styles[Role::Background as usize].bg;
        let tints = styles.map(|style| match (style.fg, background) {
            (Some(Color::Rgb(r, g, b)), Some(Color::Rgb(r0, g0, b0))) => {
                let mix = |over: u8, under: u8| {
                    ((u16::from(over) * TINT + u16::from(under) * (256 - TINT)) >> 8) as u8
                };
                style.fg(Color::Rgb(mix(r, r0), mix(g, g0), mix(b, b0)))
            }
            _ => style,
        });
        Self { name: name.into(), styles: *styles, tints, depth: Depth::True }
    }

    fn has_rgb(&self) -> bool {
        self.styles.iter().any(|style| matches!(style.fg.or(style.bg), Some(Color::Rgb(..))))
    }

    /// Another theme's styles under this theme's name.
    fn replaced_by(&self, other: &str) -> Self {
        Self { name: self.name.clone(), ..Self::named(other).unwrap_or_else(|| self.clone()) }
    }
}

impl Default for Theme {
    fn default() -> Self {
        Self::named(Self::DEFAULT).unwrap_or_else(|| Self::from_styles(Self::DEFAULT, &[Style::new(); COUNT]))
    }
}

#[cfg(test)]
mod tests {
    use ratatui::style::Modifier;

    use super::*;

    #[test]
    fn every_embedded_theme_is_whole() {
        for (name, text) in EMBEDDED {
            let theme = Theme::parse(name, text).unwrap_or_else(|error| panic!("{error}"));
            assert_eq!(theme.name(), name);
        }
    }

    #[test]
    fn text_can_be_read_on_every_background() {
        let luminance = |color: Color| {
            let [r, g, b] = rgb(color).unwrap().map(|channel| {
                let value = f64::from(channel) / 255.0;
                if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
            });
            0.2126 * r + 0.7152 * g + 0.0722 * b
        };
        for name in Theme::embedded().filter(|name| !matches!(*name, "ansi16" | "mono")) {
            let theme = Theme::named(name).unwrap();
            let under = luminance(theme.style(Role::Background).bg.unwrap());
            for role in Role::ALL {
                let least = match role {
                    Role::Faint | Role::Select | Role::Background => continue,
                    Role::Text | Role::Strong => 7.0,
                    Role::Unknown | Role::Series6 => 2.4,
                    _ => 3.0,
                };
                let over = luminance(theme.style(*role).fg.unwrap());
                let contrast = (over.max(under) + 0.05) / (over.min(under) + 0.05);
                assert!(contrast >= least, "{name}: {} has a contrast of {contrast:.1}", role.name());
            }
        }
    }

    #[test]
    fn no_colour_is_left_where_none_is_wanted() {
        for name in Theme::embedded() {
            let theme = Theme::named(name).unwrap().adapted(Depth::Mono);
            for role in Role::ALL {
                let style = theme.style(*role);
                let plain = [None, Some(Color::Reset)];
                assert!(plain.contains(&style.fg) && plain.contains(&style.bg), "{name} {}", role.name());
            }
            assert!(theme.style(Role::Select).add_modifier.contains(Modifier::REVERSED));
        }
    }

    #[test]
    fn a_terminal_of_256_colours_gets_no_true_colour() {
        for name in Theme::embedded() {
            let theme = Theme::named(name).unwrap().adapted(Depth::Indexed);
            assert!(!theme.has_rgb(), "{name}");
            assert!(!theme.tints.iter().any(|style| matches!(style.fg, Some(Color::Rgb(..)))), "{name}");
        }
    }
}
