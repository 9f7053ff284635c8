//! Paging tokens: opaque to the client, bound to the request that they continue.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::protocol::value::Value;
use crate::demo::faults::hash;

/// Where the next page begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token {
    /// How many items the pages before held.
    pub offset: usize,
    /// When the first page was asked for: every page shows what was known then.
    pub at: i64,
    /// The request that it continues.
    pub request: u64,
}

impl Token {
    pub fn encode(self) -> String {
        URL_SAFE_NO_PAD.encode(format!("{}.{}.{:x}", self.offset, self.at, self.request))
    }

    /// Reads a token; `None` if it is none, or continues another request.
    pub fn decode(text: &str, request: u64) -> Option<Self> {
        let text = String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
        let mut parts = text.split('.');
        let token = Self {
            offset: parts.next()?.parse().ok()?,
            at: parts.next()?.parse().ok()?,
            request: u64::from_str_radix(parts.next()?, 16).ok()?,
        };
        (token.request == request && parts.next().is_none()).then_some(token)
    }
}

/// What makes two requests pages of one: the operation and its input without what may differ from page to page.
pub(super) fn request_digest(operation: &str, input: &Value) -> u64 {
    const OF_A_PAGE: [&str; 9] = [
        "NextToken",
        "Marker",
        "MaxItems",
        "MaxRecords",
        "MaxDatapoints",
        // CloudWatch Logs spells its members small.
        "nextToken",
        "limit",
        "maxItems",
        "startFromHead",
    ];
    let mut members: Vec<String> = match input {
        Value::Map(members) => members
            .iter()
            .filter(|(name, value)| !OF_A_PAGE.contains(&name.as_str()) && *value != Value::Null)
            .map(|(name, value)| format!("{name}={value:?}"))
            .collect(),
        _ => Vec::new(),
    };
    members.sort_unstable();
    hash(&format!("{operation}:{}", members.join("&")))
}

/// The page of `items` that begins at `offset`, and where the next one begins if there is one.
pub(super) fn page<T>(items: &[T], offset: usize, size: usize) -> (&[T], Option<usize>) {
    let start = offset.min(items.len());
    let end = start.saturating_add(size).min(items.len());
    (&items[start..end], (end < items.len()).then_some(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_continues_its_own_request_only() {
        let token = Token { offset: 50, at: 1_772_366_400_000, request: 77 };
        assert_eq!(Token::decode(&token.encode(), 77), Some(token));
        assert_eq!(Token::decode(&token.encode(), 78), None);
        assert_eq!(Token::decode("AAAA", 77), None);
        assert_eq!(Token::decode("", 77), None);
    }

    #[test]
    fn the_page_size_may_change_from_page_to_page() {
        let input = |size: i64| Value::structure().with("StateValue", "OK").with("MaxRecords", size);
        assert_eq!(request_digest("DescribeAlarms", &input(1)), request_digest("DescribeAlarms", &input(2)));
        assert_ne!(request_digest("DescribeAlarms", &input(1)), request_digest("ListMetrics", &input(1)));
    }

    #[test]
    fn pages_hold_every_item_once() {
        let items: Vec<u32> = (0..123).collect();
        let (mut seen, mut next) = (Vec::new(), Some(0));
        while let Some(offset) = next {
            let (page, after) = page(&items, offset, 50);
            seen.extend_from_slice(page);
            next = after;
        }
        assert_eq!(seen, items);
        assert_eq!(page(&items, 1_000, 50), (&[][..], None));
    }
}
