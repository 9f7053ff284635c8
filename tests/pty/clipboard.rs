//! What reaches the terminal's clipboard, in the terminal itself and in what may stand in between.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::terminal::{DEMO, LAMBTOP, Terminal};

const ARN: &str = "arn:aws:lambda:eu-west-1:123456789012:function:payment-capture";

/// The demo in an environment, with one function in it, that is told to copy its ARN; all that it has written then.
fn after_copying(environment: &str) -> (Terminal, String) {
    let mut terminal =
        Terminal::shell(&format!("{environment} exec {LAMBTOP} {DEMO} --function payment-capture"));
    terminal.wait_for("1-1 of 1");
    terminal.press("Y");
    terminal.wait_for("ARN sent to the clipboard: 1 line, 62 bytes");
    let written = String::from_utf8(terminal.written()).expect("the screen is UTF-8");
    (terminal, written)
}

fn osc52(text: &str) -> String {
    format!("\x1b]52;c;{}\x07", STANDARD.encode(text))
}

#[test]
fn a_terminal_gets_the_arn_once_and_only_after_the_key() {
    let (mut terminal, written) = after_copying("");
    assert_eq!(written.matches("\x1b]52;").count(), 1);
    assert!(written.contains(&osc52(ARN)));
    terminal.press("q");
    assert_eq!(terminal.ended().code, 0);
}

#[test]
fn tmux_gets_it_for_itself_and_to_pass_on_and_the_screen_says_what_tmux_needs() {
    let (mut terminal, written) = after_copying("TERM=tmux-256color TMUX=/tmp/tmux-0/default,1,0");
    let plain = osc52(ARN);
    let passed = format!("\x1bPtmux;{}\x1b\\", plain.replace('\x1b', "\x1b\x1b"));
    assert!(written.contains(&(plain + &passed)));
    terminal.wait_for("set-clipboard on");
}

#[test]
fn screen_gets_it_in_device_control_strings() {
    let (_, written) = after_copying("TERM=screen STY=1234.pts-0.host");
    assert!(written.contains(&format!("\x1bP{}\x1b\\", osc52(ARN))));
    assert_eq!(written.matches("\x1b]52;").count(), 1, "never past it");
}

#[test]
fn a_clipboard_that_is_off_gets_nothing() {
    for off in ["LAMBTOP_CLIPBOARD=false", "TERM=linux"] {
        let mut terminal =
            Terminal::shell(&format!("{off} exec {LAMBTOP} {DEMO} --function payment-capture"));
        terminal.wait_for("1-1 of 1");
        terminal.press("Yo");
        terminal.wait_for("region=eu-west-1#/functions/payment-capture");
        let written = String::from_utf8(terminal.written()).expect("the screen is UTF-8");
        assert!(!written.contains("\x1b]"), "{off}");
    }
}

#[test]
fn a_link_is_one_where_the_terminal_knows_links_and_text_elsewhere() {
    for (environment, known) in [("VTE_VERSION=7600", true), ("VTE_VERSION=4801", false), ("", false)] {
        let mut terminal =
            Terminal::shell(&format!("{environment} exec {LAMBTOP} {DEMO} --function payment-capture"));
        terminal.wait_for("1-1 of 1");
        terminal.press("o");
        terminal.wait_for("region=eu-west-1#/functions/payment-capture");
        let url = "https://eu-west-1.console.aws.amazon.com/lambda/home?region=eu-west-1\
                   #/functions/payment-capture?tab=monitoring";
        terminal.wait("the link is copied", |screen| screen.contents().contains("console link sent"));
        let written = String::from_utf8(terminal.written()).expect("the screen is UTF-8");
        assert!(written.contains(&osc52(url)));
        assert_eq!(written.contains(&format!("\x1b]8;id=lambtop;{url}\x1b\\")), known, "{environment}");
        assert_eq!(written.matches("\x1b]8;id").count(), written.matches("\x1b]8;;\x1b\\").count());
        terminal.press("\x1b");
        terminal.wait("it is closed", |screen| !screen.contents().contains("#/functions/"));
    }
}
