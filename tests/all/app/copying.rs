//! What `y`, `Y` and `o` hand out, and what they say about it.

use lambtop::app::{App, Effect, Input, Job, Overlay, Settings};
use lambtop::model::{Function, FunctionKey, Period, Scope, Statistic};

use super::stage::{Stage, incident, key, scope};

fn known(name: &str) -> Function {
    let arn = format!("arn:aws:lambda:eu-west-1:123456789012:function:{name}");
    Function { arn: Some(arn.into()), ..Function::named(key(name)) }
}

fn stage() -> Stage {
    let mut stage = Stage::new();
    stage.list_of(vec![known("cart-api"), known("checkout-api")]);
    stage.healthy("cart-api", 120.0);
    stage.durations("cart-api", Statistic::P99, Period::MINUTE, &[142.0; 60]);
    stage
}

/// The text of the one copy that was asked for.
fn copied(stage: &mut Stage, keys: &str) -> String {
    stage.effects.clear();
    stage.press(keys);
    let [Effect::Copy(clip)] = &*stage.effects else { panic!("{keys}: {:?}", stage.effects) };
    clip.text().to_owned()
}

#[test]
fn y_on_the_fleet_copies_the_row_as_a_line_for_a_chat() {
    let row = copied(&mut stage(), "y");
    assert!(
        row.starts_with("cart-api: nothing wrong · 120 invocations/min · 0 errors/min · 0.0 % · p50"),
        "{row}"
    );
    assert!(row.ends_with("2025-11-21 14:15-14:30 UTC · 123456789012/eu-west-1"), "{row}");
}

#[test]
fn y_on_a_function_copies_its_arn_or_what_the_crosshair_reads() {
    let mut stage = stage();
    let arn = "arn:aws:lambda:eu-west-1:123456789012:function:cart-api";
    assert_eq!(copied(&mut stage, "Y"), arn, "Y from the fleet");
    assert_eq!(copied(&mut stage, "<Enter>y"), arn);
    let readings = copied(&mut stage, "<Left>y");
    let lines: Vec<_> = readings.lines().collect();
    assert!(lines[0].starts_with("cart-api at 2025-11-21 14:2"), "{readings}");
    assert!(
        lines.contains(&"invocations  120 /min") && lines.contains(&"duration p99  142 ms"),
        "{readings}"
    );
    assert!(lines.contains(&"duration max  -"), "what is not known is a dash: {readings}");
    assert_eq!(copied(&mut stage, "Y"), arn, "Y still is the ARN");
}

#[test]
fn an_arn_that_nobody_has_told_is_not_made_up() {
    let mut stage = Stage::with(&["cart-api"]);
    stage.press("Y");
    assert!(stage.effects.is_empty());
    assert!(stage.app.notice().is_some_and(|notice| notice.text.contains("the ARN is not known")));
    let mut nobody = Stage::new();
    nobody.press("yYo");
    assert!(nobody.effects.is_empty() && nobody.app.overlay().is_none());
}

#[test]
fn o_shows_and_copies_the_console_link_and_y_copies_it_again() {
    let url = "https://eu-west-1.console.aws.amazon.com/lambda/home?region=eu-west-1\
               #/functions/cart-api?tab=monitoring";
    let mut stage = stage();
    assert_eq!(copied(&mut stage, "o"), url);
    let Some(Overlay::Link(shown)) = stage.app.overlay() else { panic!("{:?}", stage.app.overlay()) };
    assert_eq!(shown.link.as_ref().map(ToString::to_string).as_deref(), Some(url));
    assert_eq!(copied(&mut stage, "y"), url);
    stage.press("<Esc>");
    assert!(stage.app.overlay().is_none());
    assert_eq!(copied(&mut stage, "<Enter>o"), url, "on the function's own screen too");
}

#[test]
fn a_region_without_a_known_console_is_said_and_copies_nothing() {
    let mut stage = Stage::new();
    let far = Scope::new("123456789012", "us-isob-east-1");
    stage.list_of(vec![Function::named(FunctionKey::new(&far, "cart-api"))]);
    stage.press("o");
    assert!(stage.effects.is_empty());
    assert!(matches!(stage.app.overlay(), Some(Overlay::Link(shown)) if shown.link.is_none()));
}

#[test]
fn without_a_clipboard_nothing_is_copied_and_the_link_still_shown() {
    let mut stage = stage();
    stage.app = App::new(Settings { clipboard: false, ..Settings::default() }, incident());
    stage.list_of(vec![known("cart-api")]);
    stage.press("y");
    assert!(stage.app.notice().is_some_and(|notice| notice.text.contains("clipboard = false")));
    stage.press("o");
    assert!(matches!(stage.app.overlay(), Some(Overlay::Link(_))));
    assert!(stage.effects.is_empty());
}

#[test]
fn what_became_of_a_copy_is_said() {
    let mut stage = stage();
    stage.input(Input::Done(Job::Copied(Ok("ARN sent to the clipboard: 1 line, 55 bytes".to_owned()))));
    assert!(stage.app.notice().is_some_and(|notice| notice.text.contains("1 line, 55 bytes")));
    stage.input(Input::Done(Job::Copied(Err("this terminal has no clipboard".to_owned()))));
    assert!(stage.app.notice().is_some_and(|notice| notice.text.contains("no clipboard")));
}

#[test]
fn a_hostile_name_is_copied_as_text_and_cannot_leave_its_link() {
    let name = "x\u{1b}\\\u{7}\u{1b}]0;owned\u{7}/../?#\u{202e}";
    let mut stage = Stage::new();
    let arn = format!("arn:aws:lambda:eu-west-1:123456789012:function:{name}");
    stage.list_of(vec![Function {
        arn: Some(arn.into()),
        ..Function::named(FunctionKey::new(&scope(), name))
    }]);
    stage.healthy("x", 1.0);
    for keys in ["y", "Y", "<Enter>y", "<Left>y"] {
        let text = copied(&mut stage, keys);
        assert!(!text.chars().any(|c| c.is_control() && c != '\n') && !text.contains('\u{202e}'), "{text:?}");
    }
    let link = copied(&mut stage, "o");
    assert!(link.is_ascii() && !link.contains("owned/") && link.ends_with("?tab=monitoring"), "{link}");
    assert_eq!((link.matches('#').count(), link.matches('?').count()), (1, 2), "{link}");
}
