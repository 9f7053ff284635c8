//! Rows of any text at any width.

use proptest::prelude::*;

use super::*;

fn rows(raw: &str, width: u16) -> Vec<WrappedRow> {
    Wrap::new(&Pages::new(raw, Showing::default()), width).rows(RowPlace::default()).collect()
}

fn texts(raw: &str, width: u16) -> Vec<String> {
    rows(raw, width).iter().map(|row| row.text.as_str().to_owned()).collect()
}

#[test]
fn words_stay_whole_where_a_blank_is_near() {
    assert_eq!(texts("the payment was not captured", 12), ["the payment ", "was not ", "captured"]);
    assert_eq!(texts("twelve cells and more", 12), ["twelve cells", "and more"], "the blank hangs over");
    assert_eq!(texts("a https://shop.test/checkout", 10), ["a https://", "shop.test/", "checkout"]);
    assert_eq!(texts("価格は 高いです", 7), ["価格は ", "高いで", "す"]);
    assert_eq!(texts("", 5), [""]);
}

#[test]
fn lines_of_an_event_begin_rows_and_say_so() {
    let rows = rows("Traceback:\n  File x\r\n\nend\n", 8);
    let seen: Vec<_> = rows.iter().map(|row| (row.text.as_str(), row.begins_line)).collect();
    assert_eq!(seen, [("Tracebac", true), ("k:", false), ("  File x", true), ("", true), ("end", true)]);
}

#[test]
fn a_wide_character_stands_alone_where_it_does_not_fit() {
    assert_eq!(texts("a価b", 1), ["a", "価", "b"]);
    assert!(rows("abc", 0).is_empty());
}

#[test]
fn a_match_is_found_in_its_row() {
    let raw = "\x1b[31mREPORT\x1b[0m Duration: 3.10 ms\u{200b} Billed: 546 ms";
    let pages = Pages::new(raw, Showing::default());
    let wrap = Wrap::new(&pages, 14);
    let at = raw.find("Billed").unwrap();
    let (place, cell) = wrap.find(at);
    let row = wrap.rows(place).next().unwrap();
    assert_eq!((row.place, row.text.as_str()), (place, "Billed: 546 ms"));
    assert_eq!((cell, row.text.cell_of(at + 3)), (0, 3));
}

#[test]
fn marks_and_colours_go_with_their_row() {
    let raw = "aaaa\x1b[32mbb\u{200b}bb password=hunter2";
    let pages = Pages::new(raw, Showing { ansi: Ansi::Colour, ..Showing::default() });
    let rows: Vec<_> = Wrap::new(&pages, 10).rows(RowPlace::default()).collect();
    let (first, second) = (&rows[0].text, &rows[1].text);
    assert_eq!((first.as_str(), second.as_str()), ("aaaabb<200", "B>bb passw"));
    assert_eq!(
        (first.neutralised(), second.neutralised()),
        (std::slice::from_ref(&(6..10)), std::slice::from_ref(&(0..2)))
    );
    assert_eq!((first.colours()[0].cells.clone(), second.colours()[0].cells.clone()), (4..10, 0..10));
    assert_eq!(pages.masked(), 1);
    assert!(rows.iter().all(|row| !row.text.as_str().contains("hunter2")));
}

/// Long lines that broke other programs: no blank at all, wide characters, marks without end, sequences without end.
fn long() -> Vec<(&'static str, String)> {
    let megabyte = |piece: &str| piece.repeat(1_000_000 / piece.len());
    vec![
        ("without blanks", megabyte("x")),
        ("of words", megabyte("lorem ipsum ")),
        ("of wide characters", megabyte("価")),
        ("of combining marks", format!("e{}", megabyte("\u{301}"))),
        ("of zero-width joiners", megabyte("\u{200d}")),
        ("of flags", megabyte("🇩🇪")),
        ("of colours", megabyte("\x1b[31m")),
        ("of escapes", megabyte("\x1b")),
        ("of line ends", megabyte("\n")),
        ("of tabs", megabyte("\t")),
        ("of half a sequence", megabyte("\x1b[1;")),
        ("of jamo", megabyte("\u{1100}")),
        ("of a secret", format!("password={}", megabyte("s"))),
    ]
}

#[test]
fn the_middle_of_a_megabyte_is_reached_without_what_is_before_it() {
    for (name, raw) in long() {
        let pages = Pages::new(raw.as_str(), Showing::default());
        let width = 120_u16;
        let wrap = Wrap::new(&pages, width);
        let (middle, _) = wrap.find(raw.len() / 2);
        assert!(middle.page.abs_diff(pages.count() / 2) <= 1, "{name}");
        let rows: Vec<_> = wrap.rows(middle).take(50).collect();
        assert!(!rows.is_empty(), "{name}");
        assert!(rows.iter().all(|row| row.text.width() <= usize::from(width).max(2)), "{name} at {width}");
        let (below, above) = (wrap.step(middle, 50), wrap.step(middle, -50));
        assert!(above <= middle && middle <= below, "{name}");
        assert!(wrap.rows(wrap.end()).count() <= 1, "{name}");
        assert!(wrap.height(10) <= 10, "{name}");
    }
}

#[test]
fn a_long_line_can_be_read_in_full() {
    let raw = (0..20_000).map(|number| number.to_string()).collect::<Vec<_>>().join(" ");
    let pages = Pages::new(raw.as_str(), Showing::default());
    let read: String =
        (0..pages.count()).flat_map(|page| pages.lines(page)).map(|line| line.as_str().to_owned()).collect();
    assert_eq!(read, raw);
    let wrapped: String =
        Wrap::new(&pages, 80).rows(RowPlace::default()).map(|row| row.text.to_string()).collect();
    assert_eq!(wrapped.replace(' ', ""), raw.replace(' ', ""));
}

/// Text of a few pages, in which everything may stand at a page's end.
fn paged() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[ -~]{0,40}",
        "(?s).{0,20}",
        "[a-z]{200,3000}",
        "\u{301}{0,300}",
        "(価|🇩🇪|\u{1f469}\u{200d}\u{1f4bb}|\r\n|\n|\x1b\\[3[0-7]m){0,200}",
    ];
    prop::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 32, ..ProptestConfig::default() })]

    #[test]
    fn pages_follow_on_each_other_and_each_byte_is_in_one(raw in paged(), at in any::<prop::sample::Index>()) {
        let pages = Pages::new(raw.as_str(), Showing::default());
        let mut end = 0;
        for page in 0..pages.count() {
            let range = pages.page(page);
            prop_assert_eq!(range.start, end);
            prop_assert!(range.end >= range.start && raw.get(range.clone()).is_some());
            prop_assert!(range.len() <= 4096 + 256 + 2);
            end = range.end;
        }
        prop_assert_eq!(end, raw.len());
        let at = at.index(raw.len() + 1);
        let page = pages.page_of(at);
        prop_assert!(pages.page(page).contains(&at) || at == raw.len());
        prop_assert!(pages.page(pages.count()).is_empty());
    }

    #[test]
    fn rows_fit_show_everything_and_keep_the_way_back(raw in paged(), width in 0..=500_u16, showing in 0..4_usize) {
        let showing = Showing {
            ansi: [Ansi::Strip, Ansi::Show][showing % 2],
            secrets: Secrets::Reveal,
            ascii: showing > 1,
        };
        let pages = Pages::new(raw.as_str(), showing);
        let wrap = Wrap::new(&pages, width);
        let rows: Vec<_> = wrap.rows(RowPlace::default()).collect();
        if width == 0 {
            return Ok(());
        }
        prop_assert_eq!(wrap.height(usize::MAX), rows.len());
        let all: String = (0..pages.count()).flat_map(|page| pages.lines(page)).map(|line| line.to_string()).collect();
        let shown: String = rows.iter().map(|row| row.text.to_string()).collect();
        prop_assert_eq!(shown.replace(' ', ""), all.replace(' ', ""));
        let mut last = (RowPlace::default(), 0);
        for row in &rows {
            prop_assert!(row.text.width() <= usize::from(width).max(2));
            prop_assert_eq!(row.text.width(), cells(row.text.as_str()).map(|(_, width)| width).sum::<usize>());
            // In fewer cells one mark goes over several rows, and has its place in the first of them.
            if width >= 16 {
                prop_assert_eq!(row.text.cell_of(row.text.source().end), row.text.width());
            }
        }
        for at in (0..=raw.len()).step_by(1 + raw.len() / 10) {
            let found = wrap.find(at);
            prop_assert!(found >= last, "{found:?} after {last:?}");
            last = found;
        }
        for (index, row) in rows.iter().enumerate().step_by(1 + rows.len() / 5) {
            prop_assert_eq!(wrap.rows(row.place).next(), Some(row.clone()));
            prop_assert_eq!(wrap.step(RowPlace::default(), index.cast_signed()), row.place);
            prop_assert_eq!(wrap.step(row.place, -index.cast_signed()), RowPlace::default());
        }
        prop_assert_eq!(rows.last().map(|row| row.place), Some(wrap.end()));
    }
}
