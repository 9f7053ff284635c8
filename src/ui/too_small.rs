//! Below 40x10 there is only room for a word.

use super::paint::{Cut, Paint};
use super::theme::Role;
use super::{centred, line};

/// `too small: 40x10`, in the middle.
pub(super) fn draw(paint: &mut Paint<'_>) {
    const WORDS: &str = "too small: needs 40x10";
    let area = centred(paint.area(), WORDS.len() as u16, 1);
    paint.text(line(area, 0), WORDS, Role::Warn, Cut::End);
}
