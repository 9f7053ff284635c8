//! A sentence without the clauses at its end for which there is no room.

use crate::model::{SafeText, Showing};

/// What of `text` fits into `width` cells when whole clauses are left out, the last first; its first clause, and what is
/// quoted, are left to be cut. Raw text in and out.
pub(super) fn fitting<'t>(text: &'t str, between: &str, width: u16) -> &'t str {
    let fits = |text: &str| SafeText::of_line(text, Showing::default()).width() <= usize::from(width);
    let mut whole = text;
    while !fits(whole)
        && let Some((before, _)) = whole.rsplit_once(between)
        && before.matches('"').count() % 2 == 0
    {
        whole = before;
    }
    whole
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clause_is_left_out_whole_and_what_is_quoted_is_not() {
        let text = "waited 7.51 s (71 %) for a, worked 1.59 s (15 %) itself";
        assert_eq!(fitting(text, ", ", 60), text);
        assert_eq!(fitting(text, ", ", 50), "waited 7.51 s (71 %) for a");
        assert_eq!(fitting(text, ", ", 5), "waited 7.51 s (71 %) for a");
        let quoted = "had a cold start, waited 2 s: \"put, throttled\"";
        assert_eq!(fitting(quoted, ", ", 40), quoted);
    }
}
