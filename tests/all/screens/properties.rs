//! What holds on every screen, at every size.

use lambtop::app::{App, Input};
use lambtop::model::{Event, FailureKind, Feed, FleetOrigin, Function, FunctionKey, FunctionList};
use lambtop::ui::Look;
use lambtop::ui::theme::{Depth, Theme};
use proptest::prelude::*;
use ratatui::style::{Color, Modifier};

use super::scene::{failed, incident, now, press, scope, started, tell};
use super::{cells, letters};
use crate::app::requests::{Ended, Shot, page_of};

/// Every screen and overlay there is, by the keys that lead there.
const PLACES: [&str; 17] = [
    "4",
    "4m",
    "4/x",
    "",
    "/pay",
    "/colour:red",
    "/zzzz<Enter>",
    "<Enter>",
    "<Enter><Left><Left>",
    "jj<Enter>",
    "?",
    ":",
    "T",
    "r",
    "rg",
    "rggg",
    "r<Tab><Up>",
];

fn at(place: &str, size: (u16, u16)) -> App {
    let mut app = incident(size);
    let shots: Vec<Shot> = (0..40)
        .map(|number| Shot {
            before: number * 90_000,
            number,
            ms: number as f64 * 150.0,
            ended: [Ended::Well, Ended::Badly, Ended::OutOfTime, Ended::Open][number as usize % 4],
            init: (number % 7 == 0).then_some(812.0),
            stream: number % 5,
            ..Shot::default()
        })
        .collect();
    tell(&mut app, now(), Event::Logs(page_of(now(), &scope(), "payment-capture", &shots)));
    press(&mut app, place);
    app
}

/// A fleet whose names attack the terminal.
fn hostile(size: (u16, u16)) -> App {
    let mut app = started(size);
    let names = [
        "\x1b]0;owned\x07",
        "pay\u{202e}gpj.exe",
        "価格🚀\u{200d}",
        "e\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}",
        "\u{feff}\u{200b}",
    ];
    let functions = names.iter().map(|name| Function::named(FunctionKey::new(&scope(), name))).collect();
    let list = FunctionList { scope: scope(), functions, origin: FleetOrigin::ListFunctions, complete: true };
    tell(&mut app, now(), Event::Functions(list));
    app
}

#[test]
fn ascii_mode_writes_no_byte_above_0x7e_on_any_screen() {
    for place in PLACES {
        for size in [(80, 24), (120, 40), (200, 50)] {
            let screen = letters(&at(place, size), true);
            let odd: Vec<_> =
                screen.chars().filter(|c| !(c.is_ascii_graphic() || matches!(c, ' ' | '\n'))).collect();
            assert!(odd.is_empty(), "{place} at {size:?}: {odd:?}\n{screen}");
        }
    }
}

#[test]
fn nothing_that_a_stranger_named_reaches_the_terminal_as_a_command() {
    for ascii in [false, true] {
        for size in [(40, 10), (80, 24), (200, 50)] {
            let screen = letters(&hostile(size), ascii);
            let bad = |c: char| {
                c.is_control() && c != '\n'
                    || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{feff}')
            };
            assert!(!screen.contains(bad), "{screen:?}");
            assert!(ascii || screen.contains("<202E>gpj") || size.0 < 80, "{screen}");
        }
    }
}

#[test]
fn every_state_can_be_read_without_colour() {
    let theme = Theme::default().adapted(Depth::Mono);
    let app = incident((120, 40));
    let buffer = cells(&app, &Look { theme, ascii: false });
    for cell in &buffer.content {
        assert!(matches!((cell.fg, cell.bg), (Color::Reset, Color::Reset)), "{cell:?}");
    }
    let screen = letters(&app, false);
    let rows: Vec<&str> = screen.lines().skip(7).take(18).collect();
    let row = |name: &str| *rows.iter().find(|line| line.contains(name)).unwrap();
    assert!(
        row("payment-capture").starts_with("▌✗") && row("payment-capture").contains("errors since 14:02")
    );
    assert!(row("order-events").starts_with(" ⊘") && row("order-events").contains("reserved 10 full"));
    assert!(row("stock-sync").starts_with(" ▲") && row("stock-sync").contains("iterator"));
    assert!(row("geo-lookup").starts_with(" ~") && row("geo-lookup").contains("stale"));
    assert!(row("cart-api").starts_with(" ·"));
}

#[test]
fn the_row_under_the_cursor_is_marked_in_three_ways() {
    let app = at("jj", (80, 24));
    let buffer = cells(&app, &Look { theme: Theme::default().adapted(Depth::Mono), ascii: false });
    let marked: Vec<u16> = (0..24).filter(|y| buffer[(0, *y)].symbol() == "▌").collect();
    assert_eq!(marked, [7]);
    let modifier = buffer[(3, 7)].modifier;
    assert!(modifier.contains(Modifier::BOLD) && modifier.contains(Modifier::REVERSED));
    assert!(!buffer[(3, 6)].modifier.contains(Modifier::REVERSED));
}

#[test]
fn a_match_is_underlined_in_the_name() {
    let app = at("/stoc", (80, 24));
    let buffer = cells(&app, &Look { theme: Theme::default(), ascii: false });
    let underlined: String = (0..80)
        .filter(|x| buffer[(*x, 5)].modifier.contains(Modifier::UNDERLINED))
        .map(|x| buffer[(x, 5)].symbol().to_owned())
        .collect();
    assert_eq!(underlined, "stoc");
}

#[test]
fn numbers_of_a_column_end_in_the_same_cell() {
    let screen = letters(&incident((120, 40)), false);
    let lines: Vec<Vec<char>> = screen.lines().skip(6).take(17).map(|line| line.chars().collect()).collect();
    let head: String = lines[0].iter().collect();
    for column in ["INV/min", "ERR/min", "ERR %", "p50 ms", "p99 ms", "THR/min", "CONC"] {
        let start = head.find(column).unwrap();
        let end = head[..start].chars().count() + column.chars().count() - 1;
        for line in &lines[1..] {
            assert!(
                line[end].is_ascii_digit() && line[end + 1] == ' ',
                "{column}: {}",
                line.iter().collect::<String>()
            );
        }
    }
}

#[test]
fn the_header_does_not_move_while_ages_grow() {
    let mut app = incident((120, 40));
    let line = |app: &App| letters(app, false).lines().next().unwrap().to_owned();
    let places = |line: &str| ["metrics", "functions", "$0.07/h", "UTC"].map(|word| line.find(word));
    let before = line(&app);
    for seconds in [1, 9, 10, 44, 45, 600, 4000] {
        app.input(now() + std::time::Duration::from_secs(seconds), Input::Tick);
        assert_eq!(places(&line(&app)), places(&before));
    }
}

#[test]
fn a_failing_feed_is_named_in_the_header_and_the_clock_stays() {
    let mut app = incident((120, 40));
    let permission = "cloudwatch:GetMetricData".into();
    let event = failed(Feed::Metrics, "GetMetricData", FailureKind::AccessDenied { permission }, "");
    tell(&mut app, now(), event);
    let screen = letters(&app, false);
    let header = screen.lines().next().unwrap();
    assert!(header.contains("metrics 16s ✗ denied") && header.ends_with("14:31:16 UTC"), "{header}");
    assert!(header.starts_with(" 123456789012  eu-west-1"), "{header}");
}

#[test]
fn minutes_that_were_fetched_unfinished_stay_so_until_they_are_fetched_again() {
    let mut app = at("<Enter>z", (120, 40));
    app.input(now() + std::time::Duration::from_mins(5), Input::Tick);
    let screen = letters(&app, false);
    let chart = screen.lines().nth(5).unwrap();
    assert!(chart.contains('┊'), "{screen}");
    assert!(screen.lines().nth(3).unwrap().contains("held, 5 min behind"), "{screen}");
    assert!(screen.lines().nth(3).unwrap().contains("at 14:29"), "{screen}");
}

#[test]
fn no_pane_is_ever_blank() {
    let words =
        |screen: &str, from: usize| screen.lines().skip(from).take(8).any(|line| !line.trim().is_empty());
    assert!(letters(&started((80, 24)), false).contains("connecting to eu-west-1"));
    assert!(words(&letters(&at("/zzzz<Enter>", (80, 24)), false), 5));
    let mut app = started((80, 24));
    tell(&mut app, now(), failed(Feed::Functions, "ListFunctions", FailureKind::NoNetwork, ""));
    assert!(words(&letters(&app, false), 4));
}

#[test]
fn below_40x10_one_word_says_so() {
    assert!(letters(&incident((39, 24)), false).contains("too small: needs 40x10"));
    assert_eq!(letters(&incident((4, 1)), false), "too…\n");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn any_size_can_be_drawn(columns in 0..500_u16, rows in 0..300_u16, place in 0..PLACES.len(), ascii in any::<bool>()) {
        let mut app = at(PLACES[place], (120, 40));
        // Smaller and larger than what the app believes: a resize may be on its way.
        let look = Look { theme: Theme::default(), ascii };
        app.input(now(), Input::Resize { columns, rows });
        let _ = cells(&app, &look);
        let mut other = ratatui::buffer::Buffer::empty(ratatui::layout::Rect::new(0, 0, rows, columns));
        lambtop::ui::draw(&app, &look, &mut other);
    }
}
