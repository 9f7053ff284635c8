//! The footer: what it names does something, in every pane of every screen.

use lambtop::app::{App, Effect, Input};
use lambtop::ui::Look;
use ratatui::buffer::Buffer;

use super::scene::{incident, now, press};
use super::{cells, letters, logs, requests, timeline, traces};

type Place = (&'static str, fn((u16, u16)) -> App);

/// Every screen, and every place in it where keys mean something else.
const PLACES: [Place; 25] = [
    ("functions", incident),
    ("functions, filtered", |size| keys(incident(size), "/pay<Enter>")),
    ("a function", |size| requests::requests(size, "1<Enter>")),
    ("a function, a window held", |size| requests::requests(size, "1<Enter>z")),
    ("a function, its requests", |size| requests::requests(size, "1<Enter><Tab>")),
    ("a function, its errors", |size| requests::requests(size, "1<Enter><Tab><Tab>")),
    ("logs", |size| logs::logs(size, "k")),
    ("logs, filtered", |size| logs::logs(size, "/ledger<Enter>kk")),
    ("logs, a line in full", |size| logs::logs(size, "kkkJ")),
    ("logs, one request", |size| logs::logs(size, "kkkkkkf")),
    ("requests", |size| requests::requests(size, "j")),
    ("requests, filtered", |size| requests::requests(size, "/duration>1s<Enter>")),
    ("requests by error", |size| requests::requests(size, "g")),
    ("requests of one error", |size| requests::requests(size, "g<Enter>")),
    ("the map of requests", |size| requests::requests(size, "<Tab>")),
    ("the map of requests, picked", |size| requests::requests(size, "<Tab><Up>")),
    ("a timeline", |size| timeline::sampled(size, "")),
    ("a timeline, on a leaf", |size| timeline::sampled(size, "G")),
    ("a timeline, zoomed, critical alone", |size| timeline::sampled(size, "c+")),
    ("a timeline, its log", |size| timeline::sampled(size, "<Tab>")),
    ("a timeline, in full", |size| timeline::sampled(size, "<Tab><Tab>")),
    ("traces", |size| traces::traces(size, "j")),
    ("traces, filtered", |size| traces::traces(size, "/fault<Enter>")),
    ("the map of services", |size| traces::traces(size, "m")),
    ("the map of services, as lines", |size| traces::traces(size, "mz")),
];

fn keys(mut app: App, keys: &str) -> App {
    press(&mut app, keys);
    app
}

/// The keys that a hint names, as [`press`] takes them: `←→` are two, `S-↑↓` as well.
fn named(written: &str) -> Vec<String> {
    let (shift, written) = written.strip_prefix("S-").map_or(("", written), |rest| ("S-", rest));
    let arrows = [('←', "Left"), ('→', "Right"), ('↑', "Up"), ('↓', "Down")];
    let arrow = |c: char| arrows.iter().find(|(arrow, _)| *arrow == c).map(|(_, name)| *name);
    if written.chars().all(|c| arrow(c).is_some()) {
        return written.chars().filter_map(arrow).map(|name| format!("<{shift}{name}>")).collect();
    }
    let one = |key: &str| if key.len() > 1 { format!("<{key}>") } else { key.to_owned() };
    written.split(' ').map(one).collect()
}

/// What is seen, and what is wanted outside.
fn after(app: &mut App, key: &str) -> (Buffer, Vec<Effect>) {
    let keys = crate::app::stage::keys_of(key);
    let effects = keys.into_iter().flat_map(|key| app.input(now(), Input::Key(key))).collect();
    (cells(app, &Look::default()), effects)
}

#[test]
fn every_key_that_a_footer_names_does_something() {
    for (place, make) in PLACES {
        let mut tried = Vec::new();
        for size in [(120, 40), (80, 24)] {
            for hint in make(size).hints() {
                if tried.contains(&hint) {
                    continue;
                }
                tried.push(hint.clone());
                let keys = named(hint.keys);
                // At an end one of a pair may have nowhere to go; the other one first, and then it has.
                let done: Vec<bool> = keys
                    .iter()
                    .enumerate()
                    .map(|(at, key)| {
                        let others = keys.iter().enumerate().filter(|(other, _)| *other != at);
                        let before = std::iter::once("").chain(others.map(|(_, other)| other.as_str()));
                        before.into_iter().any(|first| {
                            let mut app = make(size);
                            let (seen, _) = after(&mut app, first);
                            let (then, effects) = after(&mut app, key);
                            then != seen || !effects.is_empty()
                        })
                    })
                    .collect();
                assert!(
                    !done.contains(&false),
                    "{place} at {size:?}: {keys:?} {} did nothing: {done:?}",
                    hint.text
                );
            }
        }
    }
}

#[test]
fn a_footer_names_what_is_done_most_and_the_way_back_also_where_there_is_little_room() {
    for (place, make) in PLACES {
        for size in [(80, 24), (120, 40), (200, 50)] {
            for ascii in [false, true] {
                let app = make(size);
                let screen = letters(&app, ascii);
                let footer = screen.lines().last().unwrap_or_default();
                let shown = app.hints().iter().filter(|hint| footer.contains(&hint.text)).count();
                assert!(shown >= 5, "{place} at {size:?}: {footer}");
                let esc = place != "functions";
                assert_eq!(footer.contains(" Esc "), esc, "{place} at {size:?}: {footer}");
                assert!(
                    footer.contains("? help") && footer.contains("q quit"),
                    "{place} at {size:?}: {footer}"
                );
            }
        }
    }
}

#[test]
fn charts_are_named_only_where_there_are_charts() {
    for (place, make) in PLACES {
        let hints = make((120, 40)).hints();
        let charts = hints.iter().any(|hint| hint.text.contains("charts"));
        assert!(!charts || place.contains("function"), "{place}");
    }
    assert!(!incident((80, 24)).hints().iter().any(|hint| hint.text.contains("charts")), "no room for them");
}
