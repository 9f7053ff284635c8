//! Instants as Lambda writes them: `2026-01-14T22:26:11.234+0000`.

use chrono::DateTime;

use crate::model::Timestamp;

/// The instant in Lambda's `LastModified` (RFC 3339, but the offset may lack its colon).
///
/// Source: <https://docs.aws.amazon.com/lambda/latest/api/API_FunctionConfiguration.html>.
#[must_use]
pub fn last_modified(text: &str) -> Option<Timestamp> {
    DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f%z")
        .or_else(|_| DateTime::parse_from_rfc3339(text))
        .ok()
        .map(|time| Timestamp::from_millis(time.timestamp_millis()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_spellings_of_the_offset_are_read() {
        let at = Some(Timestamp::from_millis(1_768_429_571_234));
        assert_eq!(last_modified("2026-01-14T22:26:11.234+0000"), at);
        assert_eq!(last_modified("2026-01-14T22:26:11.234+00:00"), at);
        assert_eq!(last_modified("2026-01-14T22:26:11.234Z"), at);
        assert_eq!(last_modified("2026-01-15T00:26:11.234+0200"), at);
    }

    #[test]
    fn other_text_is_no_instant() {
        for text in ["", "yesterday", "2026-13-01T00:00:00.000+0000", "2026-01-14"] {
            assert_eq!(last_modified(text), None, "{text}");
        }
    }
}
