//! The help of each screen: it explains the signs of that screen, and those alone are asked of it.

use std::collections::BTreeSet;

use lambtop::app::{App, Input};

use super::scene::{incident, now, press};
use super::{letters, logs, requests, timeline, traces};

type Place = (&'static str, fn((u16, u16)) -> App);

const PLACES: [Place; 14] = [
    ("functions", incident),
    ("functions, marked", |size| {
        let mut app = incident(size);
        press(&mut app, " >>I");
        app
    }),
    ("a function", |size| requests::requests(size, "1<Enter><Left>")),
    ("a function, its requests", |size| requests::requests(size, "1<Enter><Tab>j")),
    ("logs", |size| logs::logs(size, " k")),
    ("requests", |size| requests::requests(size, "s")),
    ("requests, picked", |size| requests::requests(size, "<Tab><Up><Left>")),
    ("requests by error", |size| requests::requests(size, "g")),
    ("environments", |size| requests::requests(size, "ggg")),
    ("a timeline", |size| timeline::sampled(size, "")),
    ("a timeline, zoomed", |size| timeline::sampled(size, "jjc++<Left><Tab>")),
    ("traces", |size| traces::traces(size, "s")),
    ("the map of services", |size| traces::traces(size, "m")),
    ("the map as lines", |size| traces::traces(size, "mz")),
];

/// What needs no word: frames, rules and axes, the separator of a line, where text is cut, and characters of a log line
/// that were made visible.
const PLAIN: &str = "─│┌┐└┘┤┯┴╃┏┓┗┛━┃·…␛␇›";

/// The signs between header and footer that somebody may wonder about.
fn signs(screen: &str) -> BTreeSet<char> {
    let lines: Vec<&str> = screen.lines().collect();
    let middle = lines.iter().skip(2).take(lines.len().saturating_sub(3));
    let dots = '\u{2800}'..='\u{28ff}';
    middle
        .flat_map(|line| line.chars())
        .filter(|c| !c.is_ascii() && !PLAIN.contains(*c) && !dots.contains(c))
        .collect()
}

/// The last lines of the help that lies over a screen, below its keys.
fn legend(app: &mut App) -> String {
    app.input(now(), Input::Resize { columns: 80, rows: 70 });
    press(app, "?");
    let screen = letters(app, false);
    let inside: Vec<&str> = screen
        .lines()
        .filter_map(|line| line.trim().strip_prefix('│').and_then(|line| line.strip_suffix('│')))
        .map(str::trim)
        .collect();
    let from = inside.iter().rposition(|line| line.is_empty()).map_or(0, |at| at + 1);
    inside[from..].join(" ")
}

/// Whether the legend has a sign, or another one of the same scale.
fn explains(legend: &str, sign: char) -> bool {
    let scale = "▁▂▃▄▅▆▇";
    legend.contains(sign) || scale.contains(sign) && legend.chars().any(|c| scale.contains(c))
}

#[test]
fn every_sign_of_a_screen_is_explained_in_its_help() {
    for (place, make) in PLACES {
        let legend = legend(&mut make((80, 24)));
        for size in [(80, 24), (120, 40), (200, 50)] {
            let screen = letters(&make(size), false);
            for sign in signs(&screen) {
                assert!(
                    explains(&legend, sign),
                    "{place} at {size:?} draws {sign}, its help has: {legend}\n{screen}"
                );
            }
        }
    }
}

#[test]
fn helps_of_different_screens_explain_different_signs() {
    let of = |make: fn((u16, u16)) -> App| legend(&mut make((80, 24)));
    let (functions, log) = (of(incident), of(|size| logs::logs(size, "")));
    assert!(functions.contains("⊘ throttled") && !log.contains('⊘'), "{log}");
    assert!(log.contains("◂ came late") && !functions.contains('◂'), "{functions}");
    let requests = of(|size| requests::requests(size, ""));
    assert!(requests.contains("·░▒▓█ few to many") && requests.contains("● traced"), "{requests}");
    let timeline = of(|size| timeline::sampled(size, ""));
    assert!(timeline.contains("━ the end waited for it") && timeline.contains("╌ waiting"), "{timeline}");
    let map = of(|size| traces::traces(size, "m"));
    assert!(map.contains("where errors travel") && map.contains("~ of sampled traces"), "{map}");
}

#[test]
fn in_ascii_the_cursor_on_the_map_is_no_arrow() {
    let mut app = traces::traces((120, 40), "m");
    let seen = letters(&app, true);
    assert_eq!(seen.matches('#').count(), 1, "one box is under the cursor\n{seen}");
    app.input(now(), Input::Resize { columns: 80, rows: 70 });
    press(&mut app, "?");
    let help = letters(&app, true);
    assert!(help.contains("# the cursor") && help.contains("> who is called"), "{help}");
}
