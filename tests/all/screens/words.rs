//! What stands in words on a small screen: what matters is not cut, and what is not on screen is said to be there.

use lambtop::app::App;

use super::requests::{requests, several};
use super::scene::{incident, press};
use super::{letters, logs, timeline, traces};

const SMALL: (u16, u16) = (80, 24);

fn screen(make: fn((u16, u16)) -> App, size: (u16, u16), keys: &str) -> String {
    let mut app = make(size);
    press(&mut app, keys);
    letters(&app, false)
}

#[test]
fn no_help_cuts_a_word_and_each_says_which_lines_are_on_screen() {
    let places: [fn((u16, u16)) -> App; 6] = [
        incident,
        |size| logs::logs(size, ""),
        |size| requests(size, ""),
        |size| timeline::sampled(size, ""),
        |size| traces::traces(size, ""),
        |size| requests(size, "1<Enter>"),
    ];
    for make in places {
        for size in [SMALL, (100, 30), (120, 40)] {
            let help = screen(make, size, "?");
            let cut = help.replace("… cut here", "").replace("…  cut here", "");
            let inside = cut.lines().filter_map(|line| line.split_once('│')?.1.rsplit_once('│'));
            for (line, _) in inside {
                assert!(!line.contains('…'), "{size:?}: {line}\n{help}");
            }
        }
        let help = screen(make, SMALL, "?");
        assert!(help.contains(" lines 1 to ") && help.contains("▌ the cursor"), "{help}");
        let end = screen(make, SMALL, "?<PgDn><PgDn><PgDn><PgDn><PgDn><PgDn>");
        let last = end.lines().find_map(|line| line.split_once("─ lines ")?.1.split_once(" · "));
        let (of, _) = last.expect("which lines these are");
        let (shown, all) = of.rsplit_once(" of ").expect("of how many");
        assert!(shown.ends_with(&format!(" to {all}")), "the last line is reached: {of}");
        assert!(end.contains("▌ the cursor"), "the legend stays: {end}");
    }
}

#[test]
fn in_ascii_a_wait_is_drawn_with_another_sign_than_what_was_not_waited_for() {
    let app = timeline::sampled((120, 40), "");
    let screen = letters(&app, true);
    assert!(screen.contains("critical path =   other -   waiting _"), "{screen}");
    let backoff = screen.lines().find(|line| line.contains("retry backoff")).expect("a wait");
    assert!(backoff.contains("____") && !backoff.contains("--"), "{backoff}");
    let mut app = timeline::sampled(SMALL, "");
    press(&mut app, "?");
    assert!(letters(&app, true).contains("_ waiting"));
}

#[test]
fn versions_of_several_functions_have_both_their_times_in_80_columns() {
    let screen = screen(several, SMALL, "gg");
    let head = screen.lines().find(|line| line.contains("FIRST")).expect("heads");
    assert!(head.contains("VERSION") && head.trim_end().ends_with("FIRST LAST"), "{screen}");
    let row = screen.lines().find(|line| line.contains("stock-sync ")).expect("a row");
    let times = row.split_whitespace().filter(|word| word.len() == 5 && word.contains(':')).count();
    assert_eq!(times, 2, "{row}");
    assert!(!row.contains('…'), "{row}");
}

#[test]
fn lanes_have_heads_in_80_columns() {
    for make in [
        |size| requests(size, "ggg"),
        |size| {
            let mut app = several(size);
            press(&mut app, "ggg");
            app
        },
    ] {
        let screen = screen(make, SMALL, "");
        let head = screen.lines().find(|line| line.contains("COUNT")).expect("heads");
        assert!(head.contains("MB USED/SIZE") && head.contains("OVER TIME"), "{head}");
        assert!(!head.contains('…'), "{head}");
    }
}

#[test]
fn a_group_says_how_many_before_its_name_which_may_be_long() {
    for (keys, named) in [("g<Enter>", " requests · error: "), ("ggg<Enter>", " requests · environment: ")]
    {
        let screen = screen(|size| requests(size, ""), SMALL, keys);
        let rule = screen.lines().find(|line| line.starts_with("── ") && line.contains(" request"));
        let rule = rule.unwrap_or_else(|| panic!("how many: {screen}"));
        assert!(rule.contains(named) && !rule.contains("group:"), "{rule}");
    }
}

#[test]
fn the_state_of_a_trace_loses_whole_parts_and_no_number_of_it() {
    let screen = screen(|size| timeline::sampled(size, ""), SMALL, "");
    let state = screen.lines().find(|line| line.contains("sampled")).expect("its state");
    assert!(state.contains("5 segments complete · read ") && !state.contains('…'), "{state}");
    let title = screen.lines().find(|line| line.contains("c1f0a7e2")).expect("its title");
    assert!(title.contains("billed 4,072 ms") && !title.contains('…'), "{title}");
}
