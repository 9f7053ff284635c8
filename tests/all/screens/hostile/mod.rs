//! Hostile text in every field of every screen, drawn through the whole app and the real frame writer, and played into
//! a terminal: it must have been told nothing but to show letters.

mod corpus;
mod fields;

use lambtop::term::Wire;
use lambtop::ui::theme::{Depth, Theme};
use lambtop::ui::{self, Look};
use ratatui::buffer::Buffer;
use vt100::{Callbacks, MouseProtocolMode, Parser, Screen};

use super::letters;
use corpus::{oversize, payloads};
use fields::{FIELDS, TELLING, WAYS, World};

const SIZE: (u16, u16) = (110, 32);

/// What a terminal was told that is not ours to tell.
#[derive(Default)]
struct Foreign(Vec<String>);

impl Callbacks for Foreign {
    fn audible_bell(&mut self, _: &mut Screen) {
        self.0.push("a bell".into());
    }
    fn visual_bell(&mut self, _: &mut Screen) {
        self.0.push("a flash".into());
    }
    fn resize(&mut self, _: &mut Screen, size: (u16, u16)) {
        self.0.push(format!("a size {size:?}"));
    }
    fn set_window_icon_name(&mut self, _: &mut Screen, name: &[u8]) {
        self.0.push(format!("an icon {}", name.escape_ascii()));
    }
    fn set_window_title(&mut self, _: &mut Screen, title: &[u8]) {
        self.0.push(format!("a title {}", title.escape_ascii()));
    }
    fn copy_to_clipboard(&mut self, _: &mut Screen, _: &[u8], data: &[u8]) {
        self.0.push(format!("a clipboard {}", data.escape_ascii()));
    }
    fn paste_from_clipboard(&mut self, _: &mut Screen, _: &[u8]) {
        self.0.push("a question for the clipboard".into());
    }
    fn unhandled_char(&mut self, _: &mut Screen, c: char) {
        // The emulator says this of bytes that are not UTF-8; here it is the character itself.
        if c != '\u{fffd}' {
            self.0.push(format!("a character {c:?}"));
        }
    }
    fn unhandled_control(&mut self, _: &mut Screen, byte: u8) {
        self.0.push(format!("a control {byte:#x}"));
    }
    fn unhandled_escape(&mut self, _: &mut Screen, _: Option<u8>, _: Option<u8>, byte: u8) {
        self.0.push(format!("an escape {byte:#x}"));
    }
    fn unhandled_csi(&mut self, _: &mut Screen, mark: Option<u8>, _: Option<u8>, params: &[&[u16]], c: char) {
        let synchronised = mark == Some(b'?') && params == [[2026]] && matches!(c, 'h' | 'l');
        if !synchronised {
            self.0.push(format!("a sequence {mark:?} {params:?} {c}"));
        }
    }
    fn unhandled_osc(&mut self, _: &mut Screen, params: &[&[u8]]) {
        self.0.push(format!("a command {params:?}"));
    }
}

/// The first thing in a frame that is neither a letter nor one of the few sequences that the frame writer has.
fn not_ours(frame: &str) -> Option<String> {
    let mut rest = frame;
    while let Some(c) = rest.chars().next() {
        let length = match c {
            '\x1b' => {
                if rest.starts_with("\x1bM") {
                    rest = &rest[2..];
                    continue;
                }
                let body = rest.strip_prefix("\x1b[").unwrap_or_default();
                let end = body.find(|c: char| !c.is_ascii_digit() && !matches!(c, ';' | '?')).unwrap_or(0);
                let ours = match (body[end..].chars().next(), &body[..end]) {
                    (Some('h' | 'l'), "?2026" | "?25") | (Some('J'), "2") => true,
                    (Some('H' | 'C' | 'K' | 'X' | 'm' | 'r'), parameters) => !parameters.contains('?'),
                    _ => false,
                };
                if !ours {
                    return Some(rest.chars().take(20).collect());
                }
                2 + end + 1
            }
            // Ends of lines move the cursor, too.
            '\r' | '\n' => 1,
            c if c.is_control() => return Some(rest.chars().take(20).collect()),
            c => c.len_utf8(),
        };
        rest = &rest[length..];
    }
    None
}

fn terminal((columns, rows): (u16, u16)) -> Parser<Foreign> {
    let cells = |count: u16| count.try_into().expect("a screen has cells");
    Parser::new_with_callbacks(cells(rows), cells(columns), 0, Foreign::default())
}

/// Every way to every screen with these texts, as one session of a terminal.
fn play(world: &World, look: &Look, ways: impl Iterator<Item = &'static str>, what: &str) {
    let mut wire = Wire::new(SIZE.0, SIZE.1, "xterm-256color");
    let mut emulator = terminal(SIZE);
    for way in ways {
        let app = world.app(SIZE, way);
        let bytes = wire.draw(|cells: &mut Buffer| ui::draw(&app, look, cells));
        emulator.process(&bytes);
        let at = format!("{what} at {way:?}");
        assert!(emulator.callbacks().0.is_empty(), "{at}: {:?}", emulator.callbacks().0);
        let sent = String::from_utf8(bytes).expect("a frame is text");
        assert_eq!(not_ours(&sent), None, "{at}");
        let odd = sent.chars().find(|c| {
            matches!(c, '\u{61c}' | '\u{200b}' | '\u{200c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e0fff}')
        });
        assert_eq!(odd, None, "{at}");
        if look.ascii {
            assert!(sent.bytes().all(|byte| byte <= b'~'), "{at}: {sent:?}");
        }
        let screen = emulator.screen();
        let modes = (screen.application_keypad(), screen.application_cursor(), screen.bracketed_paste());
        assert_eq!(modes, (false, false, false), "{at}");
        assert_eq!(screen.mouse_protocol_mode(), MouseProtocolMode::None, "{at}");
        assert!(!screen.alternate_screen() && screen.scrollback() == 0, "{at}");
    }
}

fn look(ascii: bool) -> Look {
    let depth = if ascii { Depth::Mono } else { Depth::True };
    Look { theme: Theme::default().adapted(depth), ascii }
}

/// Every payload in every field, on each way where that field is seen first, and on one in `others` of the other ways,
/// so that so many payloads see all of them.
fn every_field_tells_nothing(ascii: bool, others: usize) {
    let payloads = payloads();
    assert!(payloads.len() >= 60);
    let look = look(ascii);
    for (number, payload) in payloads.iter().enumerate() {
        let mut world = World::new();
        for field in FIELDS {
            (field.put)(&mut world, payload);
        }
        let start: String = payload.chars().take(40).collect();
        let (first, further) = WAYS.split_at(TELLING);
        let further = further.iter().skip(number % others).step_by(others);
        play(&world, &look, first.iter().chain(further).copied(), &format!("payload {number}, {start:?}"));
    }
}

#[test]
fn no_text_in_any_field_tells_the_terminal_anything() {
    every_field_tells_nothing(false, 4);
}

#[test]
fn in_ascii_no_text_in_any_field_is_more_than_ascii() {
    every_field_tells_nothing(true, 12);
}

/// AWS bounds most of these fields to a hundredth of that; an endpoint of somebody's own does not.
#[test]
fn no_text_is_too_long_for_any_field() {
    for (number, payload) in oversize(20_000).iter().enumerate() {
        let mut world = World::new();
        for field in FIELDS {
            (field.put)(&mut world, payload);
        }
        let (ascii, few) = (number % 2 == 1, WAYS.into_iter().skip(number % 3).step_by(3));
        play(&world, &look(ascii), few, &format!("20 KB, number {number}"));
    }
}

#[test]
fn a_log_line_of_a_megabyte_is_a_row_like_any_other() {
    let line = FIELDS.iter().find(|field| field.name == "log line").expect("there is one");
    for (number, payload) in oversize(1_000_000).iter().enumerate() {
        let mut world = World::new();
        (line.put)(&mut world, payload);
        play(&world, &look(false), ["2", "2k"].into_iter(), &format!("1 MB, number {number}"));
    }
}

#[test]
fn every_field_of_the_table_is_on_one_of_the_first_ways_or_on_none() {
    let mark = "zq7mark";
    let mut wrong = Vec::new();
    for field in FIELDS {
        let mut world = World::new();
        (field.put)(&mut world, mark);
        let tells = |way: &&&str| letters(&world.app((250, 60), way), false).contains(mark);
        let ways = if field.shown { &WAYS[..TELLING] } else { &WAYS[..] };
        if ways.iter().any(|way| tells(&way)) != field.shown {
            let elsewhere: Vec<&&str> = WAYS.iter().filter(tells).collect();
            wrong.push((field.name, elsewhere));
        }
    }
    assert!(wrong.is_empty(), "is each in a place where the corpus is seen? {wrong:?}");
}

#[test]
fn a_secret_in_an_error_text_is_masked() {
    let mut world = World::new();
    let error = FIELDS.iter().find(|field| field.name == "error text").expect("there is one");
    (error.put)(&mut world, "cannot reach https://bob:hunter2@proxy.test, token=abcdef123");
    let screen = letters(&world.app((250, 60), ""), false);
    assert!(screen.contains("[masked 11]@proxy.test, token=[masked 9]"), "{screen}");
}

/// AWS answers a wrong signature with what should have been signed, the session token too.
#[test]
fn a_session_token_that_aws_repeats_is_on_no_screen() {
    const TOKEN: &str = "IQoJb3JpZ2luX2VjEHoaCWV1LXdlc3QtMSJHMEUCIQ/x0aB+kw==";
    let mut world = World::new();
    let told = format!(
        "SignatureDoesNotMatch: The request signature we calculated does not match. The Canonical String for this \
         request should have been\n'POST\n/\n\nhost:monitoring.eu-west-1.amazonaws.com\nx-amz-date:20260301T120007Z\n\
         x-amz-security-token:{TOKEN}\n\nhost;x-amz-date;x-amz-security-token\n5f70bf18a086'"
    );
    for name in ["error text", "why a file was not written", "why a group cannot be read", "log line"] {
        let field = FIELDS.iter().find(|field| field.name == name).expect("there is one");
        (field.put)(&mut world, &told);
    }
    let mut masked = 0;
    // M shows what is masked.
    for way in WAYS.into_iter().filter(|way| !way.ends_with('M')) {
        // Whether on one line or broken into several, no beginning of it is there.
        let screen = letters(&world.app((250, 60), way), false);
        assert!(!screen.contains(&TOKEN[..12]), "{way:?}\n{screen}");
        masked += usize::from(screen.contains("[masked 52]"));
    }
    assert!(masked > 3, "its place is seen");
}

#[test]
fn what_is_looked_for_would_be_found() {
    let mut terminal = terminal((20, 4));
    terminal.process(b"\x1b]0;t\x07\x1b]52;c;eA==\x07\x1b(0\x07\x1b[?2026h\x0e");
    assert!(terminal.callbacks().0.len() >= 3, "{:?}", terminal.callbacks().0);
    for hostile in ["a\x1b]0;x\x07", "\x1b[?1049l", "\x1b[5n", "\x07", "\u{9b}m", "\x1b(0"] {
        assert!(not_ours(hostile).is_some(), "{hostile:?}");
    }
    assert_eq!(not_ours("\x1b[?2026h\x1b[1;2H\x1b[31mletters\x1b[m\x1b[?2026l"), None);
}
