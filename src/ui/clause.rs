//! A sentence without the clauses at its end for which there is no room.

use std::borrow::Cow;

use crate::model::{SafeText, Showing};

/// What of `text` fits into `width` cells when whole clauses are left out, the last first; its first clause, and what is
/// quoted, are left to be cut. A bracket that a clause was left out of is closed. Raw text in and out.
pub(super) fn fitting<'t>(text: &'t str, between: &str, width: u16) -> Cow<'t, str> {
    let fits = |text: &str| SafeText::of_line(text, Showing::default()).width() <= usize::from(width);
    let (mut rest, mut whole) = (text, Cow::Borrowed(text));
    while !fits(&whole)
        && let Some((before, _)) = rest.rsplit_once(between)
        && before.matches('"').count() % 2 == 0
    {
        let open = before.matches('(').count() > before.matches(')').count();
        whole = if open { format!("{before})").into() } else { before.into() };
        rest = before;
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
        let bracket = "had a cold start, waited 2 s for a (4 attempts, 1 s backing off)";
        assert_eq!(fitting(bracket, ", ", 50), "had a cold start, waited 2 s for a (4 attempts)");
        assert_eq!(fitting(bracket, ", ", 40), "had a cold start");
        let quoted = "had a cold start, waited 2 s: \"put, throttled\"";
        assert_eq!(fitting(quoted, ", ", 40), quoted);
    }
}
