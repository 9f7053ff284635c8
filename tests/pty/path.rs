//! The way that someone on call goes: from the fleet to the call that failed in one request of the sick function.

use crate::terminal::{LAMBTOP, Terminal};

#[test]
fn from_the_fleet_to_the_failing_call_of_the_sick_functions_slowest_request() {
    let mut terminal = Terminal::shell(&format!("exec {LAMBTOP} demo --seed 7 --now 2026-03-01T14:31:16Z"));
    terminal.wait_for("errors since 14:02");
    terminal.press("r");
    terminal.wait_for("unhandled");
    terminal.press("/outcome=unhandled\r");
    terminal.wait_for("/ outcome=unhandled");
    terminal.press("s");
    terminal.wait_for("slowest first");
    terminal.press("\r");
    terminal.wait("its timeline is open", |screen| {
        let text = screen.contents();
        text.contains("0 ms = ") && (text.contains("not sampled by X-Ray") || text.contains("attempt 1"))
    });
    let mut traced = false;
    terminal.look(|screen| traced = !screen.contents().contains("not sampled by X-Ray"));
    if !traced {
        // One that failed in the same way, and that X-Ray took.
        terminal.press("v");
    }
    terminal.wait("the failing call, attempt by attempt", |screen| {
        let text = screen.contents();
        ["payment-ledger DynamoDB", "attempt 1", "retry backoff", "gave up"]
            .iter()
            .all(|words| text.contains(words))
    });
    terminal.press("q");
    assert_eq!(terminal.ended().code, 0);
}
