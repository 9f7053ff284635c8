//! Tokens of pages: where a walk through events goes on. They live for a day and continue their own request only.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::group::DAY;
use super::invalid;
use super::read::Key;
use crate::demo::cloud::refusal::Refusal;

/// Where a page goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Position {
    /// Behind this event, in the direction of the walk.
    pub after: Key,
    /// Whether the newest come first.
    pub descending: bool,
    /// When the token was given out, ms since the epoch.
    pub at: i64,
    /// The request that it continues.
    pub request: u64,
    /// How many pages came before: no two tokens of a walk are the same.
    pub page: u64,
}

impl Position {
    pub fn encode(&self) -> String {
        let Key { timestamp, ingested, id } = &self.after;
        URL_SAFE_NO_PAD.encode(format!(
            "{timestamp}.{ingested}.{id}.{}.{}.{:x}.{}",
            u8::from(self.descending),
            self.at,
            self.request,
            self.page
        ))
    }

    /// Reads a token that continues `request`.
    pub fn decode(text: &str, request: u64, now: i64) -> Result<Self, Refusal> {
        let wrong = || invalid("The specified nextToken is invalid.");
        let position = Self::parse(text).filter(|position| position.request == request).ok_or_else(wrong)?;
        if now - position.at > DAY {
            Err(invalid("The specified nextToken has expired."))
        } else {
            Ok(position)
        }
    }

    fn parse(text: &str) -> Option<Self> {
        let text = String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
        let parts: Vec<&str> = text.split('.').collect();
        let [timestamp, ingested, id, descending, at, request, page] = parts.as_slice() else { return None };
        Some(Self {
            after: Key {
                timestamp: timestamp.parse().ok()?,
                ingested: ingested.parse().ok()?,
                id: (*id).to_owned(),
            },
            descending: *descending == "1",
            at: at.parse().ok()?,
            request: u64::from_str_radix(request, 16).ok()?,
            page: page.parse().ok()?,
        })
    }
}

/// How often each token was handed back unchanged, where a fault wants that.
#[derive(Debug, Default)]
pub(super) struct Repeats(Mutex<HashMap<String, u32>>);

impl Repeats {
    /// Whether this token is to be answered with itself, which is done `times` times.
    pub fn again(&self, token: &str, times: u32) -> bool {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = seen.entry(token.to_owned()).or_default();
        *count += 1;
        *count <= times
    }
}
