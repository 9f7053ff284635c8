//! `/` narrows the table as one types.

use lambtop::model::{Detail, Event, Function, Known};

use super::stage::{Stage, key};

fn fleet() -> Stage {
    Stage::with(&["cart-api", "checkout-api", "email-sender", "payment-capture", "payment-refund"])
}

#[test]
fn rows_narrow_as_one_types_and_the_matches_are_marked() {
    let mut stage = fleet();
    stage.press("/pay");
    assert_eq!(stage.names(), ["payment-capture", "payment-refund"]);
    assert_eq!((stage.app.rows().len(), stage.app.function_count()), (2, 5));
    assert_eq!(stage.app.rows()[0].matched, [0, 1, 2]);
    stage.press(" !ref");
    assert_eq!(stage.names(), ["payment-capture"]);
}

#[test]
fn enter_keeps_the_filter_and_esc_clears_it_from_anywhere_on_the_screen() {
    let mut stage = fleet();
    stage.press("/^pay<Enter>");
    assert!(!stage.app.filter().typing);
    assert_eq!(stage.press("j").selected(), "payment-refund");
    stage.press("<Esc>");
    assert_eq!(stage.names().len(), 5);
    assert_eq!(stage.selected(), "payment-refund", "the row under the cursor stays under it");
    stage.press("/cart<Esc>");
    assert_eq!((stage.names().len(), stage.app.filter().typing), (5, false));
}

#[test]
fn a_kept_filter_is_typed_on() {
    let mut stage = fleet();
    stage.press("/pay<Enter>/<Backspace><Backspace><Backspace>api$<Enter>");
    assert_eq!(stage.names(), ["cart-api", "checkout-api"]);
    stage.press("/<C-u><Enter>");
    assert_eq!(stage.names().len(), 5);
}

#[test]
fn a_mistake_is_pointed_at_and_the_last_good_filter_stays() {
    let mut stage = fleet();
    stage.press("/pay !");
    let filter = stage.app.filter();
    assert_eq!(filter.error.as_ref().map(|error| error.at), Some(4));
    assert_eq!(filter.applied.text(), "pay ");
    assert_eq!(stage.names().len(), 2);
    stage.press("capture");
    assert!(stage.app.filter().error.is_none());
    assert_eq!(stage.names(), ["payment-refund"]);
    stage.press(" ^<Enter>");
    let filter = stage.app.filter();
    assert!(filter.typing && filter.error.is_some(), "Enter keeps no half of it");
    assert_eq!((filter.field.text(), filter.applied.text()), ("pay !capture ^", "pay !capture "));
}

#[test]
fn a_paste_goes_into_the_field_and_nowhere_else() {
    let mut stage = fleet();
    stage.input(lambtop::app::Input::Paste("q".to_owned()));
    assert!(stage.effects.is_empty());
    stage.press("/");
    stage.input(lambtop::app::Input::Paste("payment\nrefund".to_owned()));
    assert_eq!(stage.names(), ["payment-refund"]);
}

#[test]
fn the_cursor_moves_while_one_types() {
    let mut stage = fleet();
    stage.press("/pay<Down>");
    assert_eq!(stage.selected(), "payment-refund");
}

#[test]
fn runtimes_and_tags_can_be_asked_for_as_far_as_they_are_known() {
    let mut stage = Stage::new();
    let function =
        |name: &str, runtime: &str| Function { runtime: Some(runtime.into()), ..Function::named(key(name)) };
    stage.list_of(vec![function("cart-api", "nodejs22.x"), function("fraud-score", "python3.13")]);
    stage.press("/runtime:python");
    assert_eq!(stage.names(), ["fraud-score"]);
    stage.press("<Esc>/tag:team=shop<Enter>");
    assert!(stage.names().is_empty());
    let tags = Known::Known { value: vec![("team".into(), "shop".into())], at: stage.at };
    stage.tell(Event::Detail { key: key("cart-api"), detail: Detail { tags, ..Detail::default() } });
    assert_eq!(stage.names(), ["cart-api"]);
}
