//! Where each key leads, and back.

use lambtop::app::{
    App, ChartRange, Column, Effect, Frame, Input, Job, Mouse, MouseKind, Overlay, Screen, Settings,
};
use lambtop::model::Window;

use super::stage::{Stage, incident};

fn fleet() -> Stage {
    Stage::with(&["cart-api", "checkout-api", "email-sender", "order-events", "payment-capture"])
}

fn is_function(stage: &Stage) -> bool {
    matches!(stage.app.screen(), Screen::Function(_))
}

#[test]
fn enter_opens_the_row_under_the_cursor_and_esc_returns_to_it() {
    let mut stage = fleet();
    stage.press("jj<Enter>");
    assert!(is_function(&stage));
    assert_eq!(stage.selected(), "email-sender");
    stage.press("<Esc>");
    assert!(!is_function(&stage));
    assert_eq!((stage.selected(), stage.line()), ("email-sender", 2));
    stage.press("<Esc><Esc>");
    assert!(stage.effects.is_empty(), "Esc never leaves the program");
}

#[test]
fn the_cursor_goes_to_the_ends_and_no_further() {
    let mut stage = fleet();
    assert_eq!(stage.press("kk").selected(), "cart-api");
    assert_eq!(stage.press("G").selected(), "payment-capture");
    assert_eq!(stage.press("j<PgDn>").selected(), "payment-capture");
    assert_eq!(stage.press("g<Down><Up><End><Home>").selected(), "cart-api");
}

#[test]
fn q_leaves_from_every_screen_but_not_while_typing() {
    for keys in ["q", "<Enter>q", "?q", "Tq", "<C-c>", "/x<C-c>", ":<C-c>"] {
        let mut stage = fleet();
        stage.press(keys);
        assert_eq!(stage.effects, [Effect::Quit], "{keys}");
    }
    for keys in ["/q", ":q", "?/q"] {
        let mut stage = fleet();
        stage.press(keys);
        assert!(stage.effects.is_empty(), "{keys}");
    }
}

#[test]
fn the_digit_of_the_functions_screen_leads_back_to_it() {
    let mut stage = fleet();
    stage.press("j<Enter>1");
    assert!(!is_function(&stage));
    assert_eq!(stage.selected(), "checkout-api");
}

#[test]
fn ranges_and_windows_go_around() {
    let mut stage = fleet();
    assert_eq!(stage.app.window(), Window::Quarter);
    stage.press("W");
    assert_eq!(stage.app.window(), Window::Hour);
    stage.press("WWW");
    assert_eq!(stage.app.window(), Window::Quarter);
    for _ in ChartRange::ALL {
        stage.press("t");
    }
    assert_eq!(stage.app.range(), ChartRange::Hour);
}

#[test]
fn sorting_goes_to_the_neighbours_and_around() {
    let mut stage = fleet();
    let sort = |stage: &Stage| stage.app.functions_screen().sort;
    assert_eq!(sort(&stage), Column::Trouble);
    stage.press("<<");
    assert_eq!(sort(&stage), Column::Name, "there is nothing further left");
    stage.press("I");
    assert_eq!(stage.names()[0], "payment-capture");
    stage.press(">>");
    assert_eq!(sort(&stage), Column::Runtime);
    for _ in 0..40 {
        stage.press(">");
    }
    assert_eq!(sort(&stage), Column::Concurrent, "the last column that 120 cells show");
    stage.press("s");
    assert_eq!(sort(&stage), Column::Name);
}

#[test]
fn the_palette_finds_an_action_by_a_few_letters_and_runs_it() {
    let mut stage = fleet();
    stage.press(":srtthr");
    let Some(Overlay::Palette(palette)) = stage.app.overlay() else { panic!("the palette is open") };
    assert_eq!(palette.entries[0].name, "sort by throttles");
    assert!(palette.entries.len() < palette.total);
    stage.press("<Tab>");
    let Some(Overlay::Palette(palette)) = stage.app.overlay() else { panic!("the palette is open") };
    assert_eq!((palette.field.text(), &*palette.entries[0].name), ("sort by throttles", "sort by throttles"));
    stage.press("<Enter>");
    assert!(stage.app.overlay().is_none());
    assert_eq!(stage.app.functions_screen().sort, Column::Throttles);
}

#[test]
fn every_entry_of_the_palette_runs_on_every_screen() {
    for open in ["", "<Enter>"] {
        let mut first = fleet();
        first.press(open).press(":");
        let Some(Overlay::Palette(palette)) = first.app.overlay() else { panic!("the palette is open") };
        for index in 0..palette.entries.len() {
            let mut stage = fleet();
            let before = stage.press(open).app.revision();
            stage.press(":").press(&"<Down>".repeat(index)).press("<Enter>");
            assert!(stage.app.revision() > before);
            assert!(!matches!(stage.app.overlay(), Some(Overlay::Palette(_))));
        }
    }
}

#[test]
fn the_help_is_of_the_screen_one_is_on_and_finds_keys() {
    let mut stage = fleet();
    let keys = |stage: &Stage| match stage.app.overlay() {
        Some(Overlay::Help(help)) => help.lines.iter().map(|line| line.keys).collect::<Vec<_>>(),
        other => panic!("{other:?}"),
    };
    stage.press("?");
    assert!(keys(&stage).contains(&"W") && !keys(&stage).contains(&"z"));
    stage.press("?<Enter>?");
    assert!(keys(&stage).contains(&"z") && !keys(&stage).contains(&"W"));
    stage.press("/crosshair");
    assert!(keys(&stage).len() >= 4 && keys(&stage).contains(&"←"));
    stage.press("<Esc>");
    assert!(keys(&stage).contains(&"q"));
    stage.press("<Esc>");
    assert!(stage.app.overlay().is_none() && is_function(&stage));
}

#[test]
fn a_theme_is_seen_while_it_is_chosen_and_put_back_by_esc() {
    let themes = vec!["dark".into(), "light".into(), "mono".into()];
    let mut stage = fleet();
    stage.app = App::new(Settings { themes, ..Settings::default() }, incident());
    stage.press("Tj");
    assert_eq!(stage.app.theme(), 1);
    stage.press("<Esc>");
    assert_eq!(stage.app.theme(), 0);
    stage.press("Tk<Enter>");
    assert_eq!(stage.app.theme(), 2);
}

#[test]
fn effects_are_told_and_their_end_is_said() {
    let mut stage = fleet();
    stage.press("S<C-z>");
    assert_eq!(stage.effects, [Effect::SaveScreen, Effect::Suspend]);
    stage.input(Input::Done(Job::ScreenSaved(Ok("lambtop-functions.svg".to_owned()))));
    assert!(stage.app.notice().unwrap().text.contains("lambtop-functions.svg"));
    stage.wait(5);
    assert_eq!(stage.app.notice(), None);
}

#[test]
fn a_click_selects_a_row_the_wheel_scrolls_and_both_can_be_off() {
    let mut stage = fleet();
    let Frame::Functions(layout) = stage.app.frame() else { panic!("the functions screen is on top") };
    let click = Input::Mouse(Mouse { kind: MouseKind::Click, x: 10, y: layout.rows.y + 3 });
    stage.input(click.clone());
    assert_eq!(stage.selected(), "order-events");
    stage.press("g");
    let head = Mouse { kind: MouseKind::Click, x: 5, y: 6 };
    stage.input(Input::Mouse(head));
    assert_eq!(stage.app.functions_screen().sort, Column::Name);

    let names: Vec<_> = (0..100).map(|index| format!("function-{index:03}")).collect();
    let mut stage = Stage::with(&names.iter().map(String::as_str).collect::<Vec<_>>());
    stage.input(Input::Mouse(Mouse { kind: MouseKind::WheelDown, x: 10, y: 10 }));
    assert_eq!((stage.app.first_row(), stage.selected()), (3, "function-003"));

    let mut stage = fleet();
    stage.app = App::new(Settings { mouse: false, ..Settings::default() }, incident());
    stage.list(&["a", "b", "c", "d", "e"]);
    stage.input(click);
    assert_eq!(stage.app.cursor(), Some(0));
}

#[test]
fn nothing_changes_without_a_reason() {
    let mut stage = fleet();
    let before = stage.app.revision();
    stage.input(Input::Tick);
    assert_eq!(stage.app.revision(), before, "a tick within the same second");
    stage.wait(1);
    assert_ne!(stage.app.revision(), before, "the clock on screen went on");
}

#[test]
fn the_footer_tells_the_most_important_keys_with_their_values() {
    let mut stage = fleet();
    let hints: Vec<_> = stage.app.hints().iter().map(|hint| format!("{} {}", hint.keys, hint.text)).collect();
    assert_eq!(
        hints,
        [
            "Enter open",
            "l logs",
            "r requests",
            "/ filter",
            "s sort",
            "W window 15m",
            "t charts 1h",
            "Space mark",
            "y copy",
            "o console",
            "? help",
            ": palette",
            "q quit"
        ]
    );
    stage.press("<Enter>z");
    assert!(stage.app.hints().iter().any(|hint| hint.keys == "z" && hint.text == "follow"));
}
