//! What becomes of hostile text, and what holds for any text at all.

use proptest::prelude::*;

use super::character::{is_control, is_invisible};
use super::*;

fn shown(raw: &str) -> String {
    SafeText::new(raw).as_str().to_owned()
}

fn read(raw: &str, ansi: Ansi, secrets: Secrets, ascii: bool) -> SafeText {
    SafeText::of_line(raw, Showing { ansi, secrets, ascii })
}

fn ascii(raw: &str) -> String {
    read(raw, Ansi::Strip, Secrets::Reveal, true).as_str().to_owned()
}

const ALL: [Showing; 12] = {
    let mut all = [Showing { ansi: Ansi::Strip, secrets: Secrets::Mask, ascii: false }; 12];
    let mut at = 0;
    while at < 12 {
        all[at] = Showing {
            ansi: [Ansi::Strip, Ansi::Colour, Ansi::Show][at % 3],
            secrets: [Secrets::Mask, Secrets::Reveal][at / 3 % 2],
            ascii: at >= 6,
        };
        at += 1;
    }
    all
};

#[test]
fn plain_text_stays_as_it_is() {
    assert_eq!(shown("Task timed out after 6.00 seconds"), "Task timed out after 6.00 seconds");
    assert_eq!(shown("größe 価格 – ok"), "größe 価格 – ok");
    assert_eq!(SafeText::new("価格").width(), 4);
}

#[test]
fn what_a_terminal_would_obey_is_shown_instead() {
    assert_eq!(shown("a\x1b]0;owned\x07b"), "a␛]0;owned␇b");
    assert_eq!(shown("a\rb\nc\x7fd"), "a␍b␊c␡d");
    assert_eq!(shown("\u{9b}31m"), "<9B>31m");
    assert_eq!(shown("\u{2028}"), "<2028>");
}

#[test]
fn in_ascii_controls_are_carets_and_foreign_letters_dim_question_marks() {
    assert_eq!(ascii("a\x1b]0;owned\x07b\x7f\0"), "a^]]0;owned^Gb^?^@".replace("^]]", "^[]"));
    assert_eq!(ascii("größe 価格 é e\u{301} \u{9b}1m \u{202e}x"), "gr??e ???? ? ? <9B>1m <202E>x");
    assert_eq!(ascii("3 · 4…"), "3 - 4~");
    let text = read("価?\x1b", Ansi::Strip, Secrets::Reveal, true);
    assert_eq!((text.as_str(), text.width()), ("???^[", 5));
    assert_eq!(text.neutralised(), [0..2, 3..5]);
}

#[test]
fn colours_are_stripped_and_other_sequences_are_not() {
    assert_eq!(shown("\x1b[1;31mred\x1b[0m"), "red");
    assert_eq!(shown("\x1b[2Jgone"), "␛[2Jgone");
    assert_eq!(shown("\x1b[3\x1b[31m1m"), "␛[31m");
}

#[test]
fn colours_are_honoured_or_shown_where_that_is_wanted() {
    let raw = "a\x1b[31mred\x1b[44m価\x1b[0mb\x1b[2J";
    let text = read(raw, Ansi::Colour, Secrets::Mask, false);
    assert_eq!(text.as_str(), "ared価b␛[2J");
    let (red, blue) = (Some(Colour::Sixteen(1)), Some(Colour::Sixteen(4)));
    let runs =
        [Coloured { cells: 1..4, fore: red, back: None }, Coloured { cells: 4..6, fore: red, back: blue }];
    assert_eq!(text.colours(), runs);
    assert_eq!(read(raw, Ansi::Show, Secrets::Mask, false).as_str(), "a␛[31mred␛[44m価␛[0mb␛[2J");
    assert_eq!(read(raw, Ansi::Strip, Secrets::Mask, false).colours(), []);
}

#[test]
fn secrets_are_masked_dim_and_counted_and_can_be_revealed() {
    let raw = "user=bob password=\x1b[1mhunter2\x1b[0m token=abc";
    let text = SafeText::of_line(raw, Showing::default());
    assert_eq!(text.as_str(), "user=bob password=[masked 7] token=[masked 3]");
    assert_eq!((text.masked(), text.neutralised()), (2, &[18..28, 35..45][..]));
    assert_eq!(text.cell_of(raw.find("token").unwrap()), 29);
    let open = read(raw, Ansi::Strip, Secrets::Reveal, false);
    assert_eq!((open.as_str(), open.masked()), ("user=bob password=hunter2 token=abc", 0));
    assert_eq!(SafeText::new("auth-token: down").as_str(), "auth-token: down", "a sentence of ours");
}

#[test]
fn a_secret_at_the_end_of_what_is_looked_at_is_not_shown_in_half() {
    let raw = format!("{}AKIAQXMPLEXMPLEXMPLE", "\x1b[31m".repeat((MAX_SOURCE - 8) / 5));
    assert!(!SafeText::of_line(&raw, Showing::default()).as_str().contains("AKIA"));
}

#[test]
fn what_a_reader_cannot_see_becomes_visible() {
    assert_eq!(shown("user\u{202e}gpj.exe"), "user<202E>gpj.exe");
    assert_eq!(shown("pay\u{200b}pal"), "pay<200B>pal");
    assert_eq!(shown("\u{301}x"), "\u{25cc}\u{301}x");
    assert_eq!(shown("a\u{200d}b"), "a<200D>b");
    assert_eq!(shown("a\u{fe0f}\u{e0061}\u{3164}\u{fffe}"), "a<FE0F><E0061><3164><FFFE>");
}

#[test]
fn joiners_and_selectors_stay_only_where_they_make_a_picture() {
    for emoji in [
        "👩\u{200d}💻",
        "❤\u{fe0f}",
        "1\u{fe0f}\u{20e3}",
        "👨\u{200d}👩\u{200d}👧\u{200d}👦",
        "👍🏽",
        "©\u{fe0f}",
    ] {
        assert_eq!(shown(emoji), emoji);
    }
    assert_eq!(shown("👩\u{200d}"), "👩<200D>");
    assert_eq!(shown("❤\u{fe0f}\u{fe0f}"), "❤<FE0F><FE0F>");
}

#[test]
fn stacked_marks_are_counted_not_stacked() {
    let zalgo = format!("e{}", "\u{301}".repeat(100));
    assert_eq!(shown(&zalgo), format!("e{}<+96>", "\u{301}".repeat(4)));
}

#[test]
fn no_cell_shows_more_than_two() {
    let jamo = SafeText::new("\u{1100}\u{1100}\u{1100}|");
    assert_eq!((jamo.as_str(), jamo.width()), ("\u{1100}\u{1100}\u{1100}|", 7));
    assert_eq!(jamo.cell_of(6), 0, "one grapheme, drawn from its start");
}

#[test]
fn a_tab_goes_to_the_next_stop_of_four() {
    assert_eq!(shown("a\tb\tc"), "a   b   c");
    assert_eq!(shown("価\tb\t\tc"), "価  b       c");
}

#[test]
fn lines_end_with_lf_or_crlf_and_with_nothing_else() {
    let split = |text: &str| lines(text).map(|line| text[line].to_owned()).collect::<Vec<_>>();
    assert_eq!(split("a\nb\r\n\nc\rd"), ["a", "b", "", "c\rd"]);
    assert_eq!(split("a\n"), ["a"]);
    assert!(split("").is_empty());
}

#[test]
fn a_long_line_is_cut_and_says_so() {
    let text = SafeText::new(&"x".repeat(1_000_000));
    assert!(text.as_str().ends_with('…') && text.as_str().len() <= MAX_BYTES);
    let ascii = read(&"価".repeat(1_000_000), Ansi::Strip, Secrets::Mask, true);
    assert!(ascii.as_str().ends_with("?~") && ascii.as_str().len() <= MAX_BYTES);
}

#[test]
fn a_place_in_the_source_is_found_on_the_screen() {
    let raw = "\x1b[31m価\u{200b}X\x1b[0m!";
    let text = SafeText::new(raw);
    assert_eq!(text.as_str(), "価<200B>X!");
    assert_eq!(text.cell_of(raw.find('X').unwrap()), 8);
    assert_eq!(text.cell_of(raw.find('!').unwrap()), 9);
    assert_eq!(text.neutralised(), std::slice::from_ref(&(2..8)));
}

/// Characters that do something, secrets in the making, and some that are plain.
fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => "[ -~]{1,6}",
        2 => "(?s)[\\x00-\\x{ff}\\x{200b}-\\x{2030}\\x{300}-\\x{310}\\x{1f468}\\x{fe0f}\\x{200d}価\\x{1100}]{1,8}",
        1 => prop::sample::select(vec![
            "\x1b[31m", "\x1b[0m", "\x1b[38;5;208m", "\x1b]52;c;eA==\x07", "\x1b[2J", "password=", "token: ", "AKIAQXMPLEXMPLEXMPLE",
            "👩\u{200d}💻", "1\u{fe0f}\u{20e3}", "क\u{94d}ष\u{93f}", "[masked 3]", "…", "␛",
        ]).prop_map(str::to_owned),
        1 => any::<char>().prop_map(String::from),
    ];
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

fn check(raw: &str, showing: Showing) -> Result<(), TestCaseError> {
    let text = SafeText::of_line(raw, showing);
    prop_assert!(!text.as_str().chars().any(is_control), "{text:?}");
    prop_assert!(
        !showing.ascii || text.as_str().bytes().all(|byte| (b' '..=b'~').contains(&byte)),
        "{text:?}"
    );
    for (piece, width) in cells(text.as_str()) {
        let hides = |c: char| is_invisible(c) && !matches!(c, '\u{200d}' | '\u{fe0f}' | '\u{fe0e}');
        prop_assert!(piece.len() <= 32 && width <= 2 && !piece.contains(hides), "{piece:?}");
    }
    prop_assert_eq!(text.width(), cells(text.as_str()).map(|(_, width)| width).sum::<usize>());
    // A secret of one letter becomes eleven.
    prop_assert!(text.as_str().len() <= 12 * raw.len());
    let mut last = 0;
    for byte in 0..=raw.len() + 2 {
        let cell = text.cell_of(byte);
        prop_assert!(last <= cell && cell <= text.width(), "{byte}: {cell} after {last}");
        last = cell;
    }
    prop_assert_eq!((text.cell_of(0), last), (0, text.width()));
    for range in text.neutralised().iter().chain(text.colours().iter().map(|run| &run.cells)) {
        prop_assert!(range.start < range.end && range.end <= text.width());
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_dangerous_gets_out_and_every_byte_has_a_cell(raw in hostile(), showing in 0..ALL.len()) {
        check(&raw, ALL[showing])?;
    }

    #[test]
    fn any_unicode_is_survived(raw in any::<String>(), showing in 0..ALL.len()) {
        check(&raw, ALL[showing])?;
    }

    #[test]
    fn twice_is_once(raw in hostile(), showing in 0..ALL.len()) {
        let showing = ALL[showing];
        // A line end that is written as two letters can no longer end the value of a secret.
        let raw = if showing.ascii { raw.replace(|c: char| c.is_control() || !c.is_ascii(), "") } else { raw };
        // A sequence for colours ends no value and is none, until it is made visible.
        let raw = if showing.ansi == Ansi::Show { raw.replace('\u{1b}', "") } else { raw };
        let once = SafeText::of_line(&raw, showing);
        let twice = SafeText::of_line(once.as_str(), showing);
        prop_assert_eq!(twice.as_str(), once.as_str());
    }

    #[test]
    fn twice_is_once_in_ascii_too(raw in hostile(), ansi in 0..3_usize) {
        let showing = Showing { ansi: [Ansi::Strip, Ansi::Colour, Ansi::Show][ansi], secrets: Secrets::Reveal, ascii: true };
        let once = SafeText::of_line(&raw, showing);
        let twice = SafeText::of_line(once.as_str(), showing);
        prop_assert_eq!(twice.as_str(), once.as_str());
    }

    #[test]
    fn colours_change_no_letter(raw in hostile()) {
        let with = |ansi| SafeText::of_line(&raw, Showing { ansi, ..Showing::default() });
        let (plain, coloured) = (with(Ansi::Strip), with(Ansi::Colour));
        prop_assert_eq!(plain.as_str(), coloured.as_str());
    }
}
