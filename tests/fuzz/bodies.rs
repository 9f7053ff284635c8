//! What is done with an input, and what must hold then, beyond that nothing panics.

use std::hint::black_box;
use std::path::Path;

use lambtop::app::{Clip, Copied};
use lambtop::config::Config;
use lambtop::model::{
    Ansi, ConsoleLink, FunctionKey, Pages, RowPlace, SafeText, Scope, Secrets, Showing, Wrap,
    secret as secrets,
};
use lambtop::parse::{
    arn as arns, denial as denials, events, glob as globs, instant as instants, log, stream, xray,
};
use lambtop::query::{Candidate, Facts, Filter, LineMatcher, Matcher, Query};
use lambtop::run::keystrokes;
use lambtop::ui::theme::Theme;

fn text(input: &[u8]) -> String {
    String::from_utf8_lossy(input).into_owned()
}

/// An input of two parts: its first line and the rest.
fn halves(input: &[u8]) -> (String, String) {
    let text = text(input);
    text.split_once('\n').map_or_else(|| (text.clone(), String::new()), |(a, b)| (a.to_owned(), b.to_owned()))
}

/// Whether `part` is a piece of `whole` itself.
fn is_inside(part: &str, whole: &str) -> bool {
    let (start, end) = (part.as_ptr() as usize, part.as_ptr() as usize + part.len());
    let whole = whole.as_ptr() as usize..=whole.as_ptr() as usize + whole.len();
    whole.contains(&start) && whole.contains(&end)
}

/// Every way in which a text can be shown.
fn showings() -> impl Iterator<Item = Showing> {
    [Ansi::Strip, Ansi::Colour, Ansi::Show].into_iter().flat_map(|ansi| {
        [(Secrets::Mask, false), (Secrets::Mask, true), (Secrets::Reveal, false), (Secrets::Reveal, true)]
            .map(|(secrets, ascii)| Showing { ansi, secrets, ascii })
    })
}

/// What holds for whatever is drawn.
fn assert_safe(safe: &SafeText, ascii: bool) {
    assert!(!safe.as_str().chars().any(char::is_control), "{safe:?}");
    assert!(!ascii || safe.as_str().is_ascii(), "{safe:?}");
    assert_eq!(safe.graphemes().map(|(_, width)| width).sum::<usize>(), safe.width());
    assert!(safe.neutralised().iter().all(|cells| cells.start < cells.end && cells.end <= safe.width()));
}

pub fn safe_text(input: &[u8]) {
    let raw = text(input);
    for showing in showings() {
        let safe = SafeText::of_line(&raw, showing);
        assert_safe(&safe, showing.ascii);
        assert!(safe.as_str().len() <= 4096);
        assert_eq!(SafeText::new(safe.as_str()).as_str(), safe.as_str(), "twice is once");
        assert!((0..=raw.len()).all(|byte| safe.cell_of(byte) <= safe.width()));
    }
}

pub fn secret(input: &[u8]) {
    let raw = text(input);
    let found = secrets::find(&raw);
    assert!(
        found.iter().all(|range| range.start < range.end && raw.get(range.clone()).is_some()),
        "{found:?}"
    );
    assert!(found.windows(2).all(|pair| pair[0].end <= pair[1].start), "{found:?}");
    let (masked, count) = secrets::mask(&raw);
    assert_eq!(count, found.len());
    assert_eq!(count == 0, masked == raw);
}

pub fn wrap(input: &[u8]) {
    let raw = text(input);
    // The input itself chooses how it is shown; the cost of a run is the number of inputs, not of combinations.
    let choice =
        input.iter().fold(0_usize, |sum, byte| sum.wrapping_mul(31).wrapping_add(usize::from(*byte)));
    let showing = showings().nth(choice % 12).unwrap_or_default();
    let pages = Pages::new(raw.as_str(), showing);
    for width in [1, 2, 7, 80] {
        let wrap = Wrap::new(&pages, width);
        let rows: Vec<_> = wrap.rows(RowPlace::default()).take(200).collect();
        for row in &rows {
            assert_safe(&row.text, showing.ascii);
            assert!(row.text.width() <= usize::from(width).max(2), "{row:?}");
        }
        let (start, end) = (RowPlace::default(), wrap.end());
        assert!(wrap.find(raw.len() / 2).0 <= end);
        assert_eq!(wrap.step(start, isize::MAX), end, "as far down as it goes is the end");
        assert_eq!(wrap.step(end, isize::MIN), start, "and as far up the beginning");
        if let Some(row) = rows.get(choice % rows.len().max(1)) {
            assert_eq!(wrap.step(start, (choice % rows.len()).cast_signed()), row.place, "rows are counted");
        }
    }
}

pub fn clip(input: &[u8]) {
    let raw = text(input);
    let lines: Vec<&str> = raw.split('\n').collect();
    let clip = Clip::new(Copied::Row, lines.iter().copied());
    assert!(clip.text().len() <= 64 * 1024);
    assert!(!clip.text().chars().any(|c| c.is_control() && c != '\n'));
    assert!(clip.text().split('\n').count() <= lines.len());
    let event = Clip::of_event(&raw);
    assert!(event.text().len() <= 64 * 1024 && !event.text().chars().any(|c| c.is_control() && c != '\n'));
}

pub fn console_link(input: &[u8]) {
    let (region, name) = halves(input);
    let scope = Scope::new("123456789012", &region);
    let links = [
        ConsoleLink::function(&FunctionKey::new(&scope, &name)),
        ConsoleLink::log_group(&scope, &name, None),
        ConsoleLink::log_stream(&scope, &name, &region, None),
        ConsoleLink::trace(&scope, &name),
    ];
    for link in links.into_iter().flatten() {
        assert!(
            link.as_str().bytes().all(|byte| byte.is_ascii_graphic() && !b"\"'<>\\`".contains(&byte)),
            "{link}"
        );
        let host = link.as_str()["https://".len()..].split('/').next().expect("a host");
        let known = [".console.aws.amazon.com", "console.amazonaws.cn", "console.amazonaws-us-gov.com"];
        assert!(known.iter().any(|known| host.ends_with(known)), "{link}");
    }
}

pub fn filter(input: &[u8]) {
    let (query, name) = halves(input);
    match Filter::parse(&query) {
        Ok(filter) => {
            assert_eq!(Filter::parse(filter.text()).as_ref(), Ok(&filter), "its text is itself");
            let candidate = Candidate { name: &name, runtime: Some("nodejs22.x"), tags: None };
            if let Some(matched) = Matcher::default().matches(&filter, candidate) {
                assert!(matched.bytes.iter().all(|byte| name.is_char_boundary(*byte) && *byte < name.len()));
            }
        }
        Err(error) => assert!(query.is_char_boundary(error.at) && !error.message.is_empty(), "{error:?}"),
    }
    black_box(Matcher::default().fuzzy(&query, &name));
}

pub fn log_query(input: &[u8]) {
    let (query, line) = halves(input);
    let Ok(query) = Query::parse(&query) else { return };
    assert!(Query::parse(query.text()).is_ok(), "its text is one");
    let facts = Facts { text: &line, group: "/aws/lambda/cart-api", stream: "s", ..Facts::default() };
    let matches = query.matches(&facts);
    for range in query.highlights(&line) {
        assert!(line.get(range.clone()).is_some(), "{range:?}");
    }
    let candidate = LineMatcher::candidate(&query, &line, 0);
    assert!(!matches || candidate.is_some_and(|at| at <= line.len()), "a search comes by it");
    black_box(query.filter_pattern());
    black_box(query.insights_filter());
}

pub fn glob(input: &[u8]) {
    let (pattern, name) = halves(input);
    let matches = globs::Glob::new(&pattern).matches(&name);
    if !pattern.contains(['*', '?']) {
        assert_eq!(matches, pattern == name);
    }
    assert!(globs::Glob::new("*").matches(&name));
    assert!(globs::Glob::new(&format!("{pattern}*")).matches(&name) || !matches);
}

pub fn arn(input: &[u8]) {
    let text = text(input);
    if let Some(account) = arns::account(&text) {
        assert!(is_inside(account, &text) && !account.is_empty());
    }
    if let Some(name) = arns::unqualified_function(&text) {
        assert!(is_inside(name, &text));
    }
}

pub fn denial(input: &[u8]) {
    let text = text(input);
    if let Some(action) = denials::missing_action(&text) {
        assert!(is_inside(action, &text) && action.contains(':'), "{action}");
    }
}

pub fn instant(input: &[u8]) {
    black_box(instants::last_modified(&text(input)));
}

pub fn log_line(input: &[u8]) {
    let text = text(input);
    let reading = log::read(&text);
    black_box(log::fault(&reading));
    assert!(!format!("{reading:?}").is_empty());
}

pub fn log_json(input: &[u8]) {
    let text = text(input);
    let members = |name: &str, value: &str| {
        assert!(is_inside(name, &text) && is_inside(value, &text));
        black_box(log::json::text(value));
        black_box(log::json::number(value));
        black_box(log::json::unescaped(value));
    };
    if let Some(rest) = log::json::object(&text, members) {
        assert!(text.ends_with(rest));
    }
    log::json::array(&text, |value| assert!(is_inside(value, &text)));
}

pub fn log_events(input: &[u8]) {
    black_box(events::form(input));
    black_box(events::is_telling(input));
    let split = |size: usize| {
        let (mut splitter, mut found) = (events::Splitter::default(), Vec::new());
        for piece in input.chunks(size) {
            splitter.push(piece, |event| found.push(event.to_vec()));
        }
        (found, splitter.is_whole())
    };
    let whole = split(usize::MAX);
    assert_eq!(split(3), whole, "where a file is cut into reads does not matter");
    for event in &whole.0 {
        black_box(events::event(&String::from_utf8_lossy(event)));
    }
}

pub fn log_stream(input: &[u8]) {
    black_box(stream::stream(&text(input)));
}

pub fn xray_document(input: &[u8]) {
    let text = text(input);
    black_box(xray::read(&text));
    if let Some(segments) = xray::document(&text, Some("70de5b6f19ff9a0a")) {
        assert!(!segments.is_empty());
    }
}

pub fn config_file(input: &[u8]) {
    let text = text(input);
    let layered = |text: &str| {
        Config::layered(
            Some((Path::new("config.toml"), text)),
            |_| None,
            &[],
            &["dusk".to_owned(), "paper".to_owned()],
        )
    };
    match layered(&text) {
        Ok(config) => {
            let explained = config.explained();
            assert!(!explained.chars().any(|c| c.is_control() && c != '\n'), "{explained:?}");
        }
        Err(error) => assert!(error.to_string().starts_with("config.toml:"), "{error}"),
    }
}

pub fn theme_file(input: &[u8]) {
    if let Err(error) = Theme::parse("mine", &text(input)) {
        assert!(!error.to_string().is_empty());
    }
}

pub fn keys(input: &[u8]) {
    let text = text(input);
    match keystrokes::parse(&text) {
        Ok(keys) => assert!(keys.len() <= text.chars().count()),
        Err(wrong) => assert!(wrong.starts_with("no key at"), "{wrong}"),
    }
}
