//! Stored screens: `tests/all/screens/snapshots`. A change of one is a change that someone looked at.

use lambtop::app::App;
use lambtop::model::{Event, FailureKind, Feed, FeedReport, FleetOrigin, FunctionList};

use super::letters;
use super::scene::{failed, incident, now, press, scope, started, tell};

const SIZES: [(u16, u16); 3] = [(80, 24), (120, 40), (200, 50)];

/// Compares the screen at every size with what is stored under `name`.
pub fn check(name: &str, ascii: bool, app: impl Fn((u16, u16)) -> App) {
    insta::with_settings!({
        snapshot_path => concat!(env!("CARGO_MANIFEST_DIR"), "/tests/all/screens/snapshots"),
        prepend_module_to_snapshot => false,
        omit_expression => true,
    }, {
        for size in SIZES {
            let screen = letters(&app(size), ascii);
            insta::assert_snapshot!(format!("{name}-{}x{}", size.0, size.1), screen);
        }
    });
}

fn with_keys(keys: &'static str) -> impl Fn((u16, u16)) -> App {
    move |size| {
        let mut app = incident(size);
        press(&mut app, keys);
        app
    }
}

fn with_failure(feed: Feed, operation: &'static str, kind: FailureKind) -> impl Fn((u16, u16)) -> App {
    move |size| {
        let mut app = started(size);
        tell(&mut app, now(), failed(feed, operation, kind.clone(), "the words of AWS"));
        app
    }
}

#[test]
fn the_fleet_in_the_middle_of_an_incident() {
    check("functions", false, with_keys(""));
}

#[test]
fn the_fleet_in_ascii() {
    check("functions-ascii", true, with_keys(""));
}

#[test]
fn the_fleet_sorted_by_invocations() {
    check("functions-by-invocations", false, with_keys(">>>"));
}

#[test]
fn a_filter_while_it_is_typed() {
    check("filter", false, with_keys("/ca"));
}

#[test]
fn a_filter_with_a_mistake_in_it() {
    check("filter-error", false, with_keys("/pay colour:red"));
}

#[test]
fn a_filter_that_lets_nothing_through() {
    check("filter-none", false, with_keys("/zzzz<Enter>"));
}

#[test]
fn the_sick_function() {
    check("function", false, with_keys("<Enter>"));
}

#[test]
fn the_sick_function_in_ascii() {
    check("function-ascii", true, with_keys("<Enter>"));
}

#[test]
fn the_crosshair_reads_one_instant_of_all_charts() {
    check(
        "crosshair",
        false,
        with_keys("<Enter><Left><Left><Left><Left><Left><Left><Left><Left><Left><Left>"),
    );
}

#[test]
fn a_function_with_further_metrics() {
    check("function-further", false, with_keys("jj<Enter>"));
}

#[test]
fn a_window_that_is_held_says_how_far_it_is_behind() {
    check("held", false, |size| {
        let mut app = incident(size);
        press(&mut app, "<Enter>z");
        app.input(now() + std::time::Duration::from_secs(185), lambtop::app::Input::Tick);
        app
    });
}

#[test]
fn a_link_into_the_console_over_the_whole_width() {
    check("link", false, with_keys("<Enter>o"));
}

#[test]
fn a_week_of_one_function() {
    check("week", false, with_keys("<Enter>tttt"));
}

#[test]
fn the_help() {
    check("help", false, with_keys("?"));
}

#[test]
fn the_palette() {
    check("palette", false, with_keys(":sort"));
}

#[test]
fn the_choice_of_themes() {
    check("themes", false, with_keys("Tj"));
}

#[test]
fn the_first_frame_before_any_answer() {
    check("start", false, started);
}

#[test]
fn functions_are_being_asked_for() {
    check("asking", false, |size| {
        let mut app = started(size);
        let report = FeedReport::Asking;
        let at = now() - std::time::Duration::from_secs(4);
        tell(&mut app, at, Event::Feed { scope: scope(), feed: Feed::Functions, at, report });
        tell(
            &mut app,
            now(),
            Event::Feed { scope: scope(), feed: Feed::Metrics, at: now(), report: FeedReport::Asking },
        );
        app
    });
}

#[test]
fn a_region_without_functions() {
    check("empty", false, |size| {
        let mut app = started(size);
        let list = FunctionList {
            scope: scope(),
            functions: Vec::new(),
            origin: FleetOrigin::ListFunctions,
            complete: true,
        };
        tell(&mut app, now(), Event::Functions(list));
        app
    });
}

#[test]
fn no_credentials() {
    check(
        "no-credentials",
        false,
        with_failure(Feed::Identity, "GetCallerIdentity", FailureKind::NoCredentials),
    );
}

#[test]
fn a_profile_that_wants_a_code() {
    check("mfa", false, with_failure(Feed::Identity, "AssumeRole", FailureKind::MfaRequired));
}

#[test]
fn no_network() {
    check("no-network", false, with_failure(Feed::Functions, "ListFunctions", FailureKind::NoNetwork));
}

#[test]
fn functions_are_denied() {
    let permission = "lambda:ListFunctions".into();
    check(
        "denied",
        false,
        with_failure(Feed::Functions, "ListFunctions", FailureKind::AccessDenied { permission }),
    );
}

#[test]
fn credentials_expire_above_data_that_stays() {
    check("expired", false, |size| {
        let mut app = incident(size);
        let event = failed(
            Feed::Metrics,
            "GetMetricData",
            FailureKind::ExpiredCredentials,
            "ExpiredToken: the token has expired",
        );
        tell(&mut app, now(), event);
        app
    });
}
