//! Lines that nobody meant to write: `webhook-ingest` prints what strangers send, as it came.
//!
//! About one request in a hundred of that function prints something hostile or secret: escape sequences, text that
//! runs the other way, JSON that is none, headers with keys in them, and now and then 100 KB in one line. None of the
//! secrets opens anything.

use super::Page;
use super::voice::{self, Level};

/// Writes something odd, now and then.
pub(super) fn write(page: &mut Page, at_ms: f64) {
    if page.spec.name == "invoice-pdf" && page.draw.about(ODD).chance(0.2) {
        let order = page.draw.about(ODD + 3).below(9_000) + 40_000;
        page.line(at_ms, format!("layout of {order}:\n  header 1\n  lines  {}\n  footer 1\n", order % 9 + 1));
    }
    if page.spec.name != "webhook-ingest" || !page.draw.about(ODD).chance(0.012) {
        return;
    }
    match page.draw.about(ODD + 1).below(8) {
        0 => voice::say(
            page,
            at_ms,
            Level::Warn,
            "payload: \u{1b}[2J\u{1b}[31mPAID\u{1b}[0m\u{1b}]0;owned\u{7}",
            none,
        ),
        1 => voice::say(
            page,
            at_ms,
            Level::Warn,
            "note: \u{202e}dnufer\u{202c} \u{200f}\u{2066}approved\u{2069}",
            none,
        ),
        2 => {
            page.line(at_ms, "{\"id\":\"evt_77\",\"amount\":12.5,\"note\":\"cut off in the mid\n".to_owned());
        }
        3 => voice::say(
            page,
            at_ms,
            Level::Warn,
            "headers: Authorization: Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJkZW1vIn0.c2lnbmF0dXJl aws AKIADEMODEMODEMODEMO",
            none,
        ),
        4 => page.line(at_ms, format!("{}\n", "0123456789abcdef".repeat(6_400))),
        5 => voice::say(
            page,
            at_ms,
            Level::Warn,
            "name: Zoe\u{301}\u{302}\u{303} \u{1f469}\u{200d}\u{1f4bb} \u{0}\u{8}\u{9b}31m",
            none,
        ),
        6 => page.line(at_ms, "retry 1\rretry 2\rretry 3\n".to_owned()),
        _ => voice::say(
            page,
            at_ms,
            Level::Warn,
            "body: card=4111 1111 1111 1111 token=demo_live_0123456789 mail=ada@shop.example",
            none,
        ),
    }
}

fn none() -> serde_json::Map<String, serde_json::Value> {
    serde_json::Map::new()
}

const ODD: u64 = 0x0DD0;
