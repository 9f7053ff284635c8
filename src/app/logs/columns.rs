//! Which columns a row of the logs screen has, and how wide.

use super::{LineTimes, LogsScreen};
use crate::model::SafeText;

/// From this width on names and levels are written out.
const WIDE: u16 = 100;
/// Longest name of a function that is written out.
const LONGEST_NAME: usize = 24;
/// Cursor, sign, colour of the function.
const SIGNS: u16 = 3;

/// The columns of a row: signs, time, level, name, message. A width of 0 is no column.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogColumns {
    /// The time.
    pub time: u16,
    /// The level: a letter where it is 1.
    pub level: u16,
    /// The name of the function; before the level where that is a letter.
    pub name: u16,
    /// What stands in the column of names, by source.
    pub tags: Vec<SafeText>,
    /// All of the row.
    width: u16,
}

impl LogColumns {
    /// The columns of rows of this width.
    #[must_use]
    pub fn of(logs: &LogsScreen, width: u16) -> Self {
        let time = match logs.times {
            LineTimes::Clock if width >= 60 => 12,
            LineTimes::Clock => 8,
            LineTimes::Ago => 4,
            LineTimes::Hidden => 0,
        };
        let names = logs.sources.list.iter().map(|source| SafeText::new(source.name()));
        let one = logs.sources.list.len() < 2;
        let wide = width >= WIDE;
        let tags = if wide { names.collect() } else { tags(&names.collect::<Vec<_>>()) };
        let longest = if wide { LONGEST_NAME } else { usize::MAX };
        let name = tags.iter().map(SafeText::width).max().unwrap_or(0).min(longest) as u16;
        Self { time, level: if wide { 5 } else { 1 }, name: if one { 0 } else { name }, tags, width }
    }

    /// The cell at which messages begin.
    #[must_use]
    pub fn message_at(&self) -> u16 {
        let part = |width: u16| if width > 0 { width + 1 } else { 0 };
        SIGNS + part(self.time) + part(self.level) + part(self.name)
    }

    /// Cells that a message has.
    #[must_use]
    pub fn message(&self) -> u16 {
        self.width.saturating_sub(self.message_at() + 1)
    }
}

/// The shortest beginnings that tell names apart, of at most three letters.
#[must_use]
pub fn tags(names: &[SafeText]) -> Vec<SafeText> {
    let cut = |name: &SafeText, letters: usize| -> String { name.as_str().chars().take(letters).collect() };
    let letters = (1..3).find(|letters| {
        let mut seen: Vec<String> = names.iter().map(|name| cut(name, *letters)).collect();
        seen.sort_unstable();
        seen.windows(2).all(|pair| pair[0] != pair[1])
    });
    names.iter().map(|name| SafeText::new(&cut(name, letters.unwrap_or(3)))).collect()
}
