//! Keys as they are written on screen.

use std::borrow::Cow;

/// `keys` with arrows as words where only ASCII may be written: there `<` `>` and `v` are keys of their own.
pub(super) fn written(keys: &str, ascii: bool) -> Cow<'_, str> {
    if !ascii || keys.is_ascii() {
        return Cow::Borrowed(keys);
    }
    let words = keys.replace("←→", "Left/Right").replace("↑↓", "Up/Down");
    let arrows = [('←', "Left"), ('→', "Right"), ('↑', "Up"), ('↓', "Down")];
    Cow::Owned(arrows.iter().fold(words, |words, (arrow, word)| words.replace(*arrow, word)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arrow_key_is_not_written_like_a_key_that_sorts() {
        for (keys, wanted) in
            [("←→", "Left/Right"), ("j ↓", "j Down"), ("S-→", "S-Right"), ("<", "<"), ("S-↑↓", "S-Up/Down")]
        {
            assert_eq!((written(keys, true), written(keys, false)), (wanted.into(), keys.into()));
        }
    }
}
