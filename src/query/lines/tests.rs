use proptest::prelude::*;

use super::*;
use crate::model::{Level, LineKind, RequestFigures, RequestId};
use crate::query::LineMatcher;

const REPORT: RequestFigures = RequestFigures {
    duration_ms: Some(3_259.4),
    billed_ms: Some(4_072.0),
    memory_mb: Some(512.0),
    max_memory_mb: Some(470.0),
    init_ms: Some(812.0),
    restore_ms: None,
    timed_out: false,
    out_of_memory: false,
};

fn query(text: &str) -> Query {
    Query::parse(text).unwrap_or_else(|error| panic!("{text}: {error:?}"))
}

fn matches(text: &str, line: &str) -> bool {
    query(text).matches(&Facts { text: line, ..Facts::default() })
}

fn mistake(text: &str) -> (usize, String) {
    let error = Query::parse(text).expect_err(text);
    (error.at, error.message)
}

#[test]
fn all_words_must_be_there_in_any_order() {
    let line = "ledger put throttled, attempt 1 of 4 order=48213";
    assert!(
        matches("throttled ledger", line) && matches("order=48213", line) && matches("order=4821*", line)
    );
    assert!(!matches("throttled cart", line) && !matches("order=4822*", line));
    assert!(matches("", line));
}

#[test]
fn a_star_stays_within_the_word() {
    assert!(matches("order=*3", "order=48213 x") && !matches("order=*x", "order=48213 x"));
}

#[test]
fn capitals_make_case_count() {
    assert!(matches("error", "Invoke ERROR") && matches("ERROR", "Invoke ERROR"));
    assert!(!matches("Error", "Invoke ERROR"));
    assert!(matches("größe", "GRÖSSE GRÖßE"));
}

#[test]
fn phrases_keep_their_blanks_and_quotes() {
    let line = r#"card declined: "insufficient funds""#;
    assert!(matches(r#""card declined""#, line) && !matches(r#""declined card""#, line));
    assert!(matches(r#""\"insufficient""#, line) && matches(r#"-"expired card" declined"#, line));
    assert!(matches("\"still typing", "someone is still typing"));
}

#[test]
fn a_minus_leaves_out_and_a_bar_binds_closer_than_a_blank() {
    assert!(matches("error -timeout", "error: refused") && !matches("error -timeout", "error: timeout"));
    assert!(
        matches("error declined | refused", "error: refused")
            && !matches("error declined | refused", "refused")
    );
    assert!(
        matches("declined | refused error", "error: refused")
            && !matches("declined | refused error", "declined")
    );
    assert!(matches("ok | -error", "fine") && !matches("ok | -error", "error"));
}

#[test]
fn slashes_around_make_a_regex_and_slashes_within_a_path() {
    assert!(matches(r"/attempt \d of \d/", "attempt 3 of 4") && !matches(r"/attempt \d$/", "attempt 3 of 4"));
    assert!(matches("/api/orders", "GET /api/orders 200") && matches("/api/ ", "x API y"));
    assert!(matches(r"/api\/v\d/", "GET /api/v2") && matches("-/^GET/", "POST /"));
}

#[test]
fn levels_compare_and_a_line_without_one_is_info() {
    let at = |text: &str, level| query(text).matches(&Facts { level, ..Facts::default() });
    assert!(at("level>=warn", Some(Level::Error)) && !at("level>=warn", Some(Level::Info)));
    assert!(at("level=info", None) && !at("level>info", None) && at("level!=error", None));
    assert!(at("level:WARNING", Some(Level::Warn)) && at("level<warn", Some(Level::Debug)));
}

#[test]
fn names_match_in_part_or_by_pattern_as_a_whole() {
    let of = |text: &str| {
        query(text).matches(&Facts {
            function: Some("payment-capture"),
            group: "/aws/lambda/payment-capture",
            stream: "2026/11/22/[$LATEST]6f1c",
            ..Facts::default()
        })
    };
    assert!(of("fn:pay*") && of("fn:capture") && !of("fn:capture*") && !of("-fn:pay*"));
    assert!(of("group:/aws/lambda/*") && of("stream:*6f1c") && of("fn:cart | fn:payment-captur?"));
    assert!(!query("fn:x").matches(&Facts::default()), "a line of no known function is none of x's");
}

#[test]
fn a_request_is_found_by_the_beginning_of_its_id() {
    let id = "c1f0a7e2-0f6a-4d5e-9c57-1b7d8f1e2a90";
    let own = Facts { request: RequestId::parse(id), ..Facts::default() };
    assert!(query("req:C1F0A7E2").matches(&own) && query(&format!("req:{id}")).matches(&own));
    assert!(!query("req:77c2").matches(&own));
    assert!(matches("req:c1f0a7e2-0f6a", &format!("START RequestId: {id} Version: 88")));
    assert!(matches("trace:1-6a507b87", "XRAY TraceId: 1-6a507b87-0cc4438344b48ef127ab1931"));
}

#[test]
fn fields_of_json_compare_as_what_they_are() {
    let line = r#"2026-11-22T14:30:56Z	c1f0	INFO	{"user":{"id":42,"plan":"Gold"},"latency":312.5,"path":"/api/orders","ok":true,"none":null,"items":[{"id":"a-1"},{"id":"b-2"}],"http.status":"502"}"#;
    for good in [
        ".user.id=42",
        ".user.id",
        ".user.plan=gold",
        ".user.plan=Gold",
        ".user.plan=G*",
        ".latency>250",
        ".latency<=312.5",
        ".path~^/api",
        ".path~\"^/api/o\"",
        ".ok=true",
        ".items.0.id=a-1",
        ".items.*.id=b-2",
        ".http.status=502",
        ".http.status>=500",
        ".user.id!=43",
        "-.none",
        ".path=\"/api/orders\"",
        ".missing | .ok",
        ".none=null",
    ] {
        assert!(matches(good, line), "{good}");
    }
    for bad in [
        ".user.id=43",
        ".missing",
        ".missing!=1",
        ".user.plan=GOLD",
        ".latency>312.5",
        ".path~^/v1",
        ".items.2.id",
        ".none",
        ".user.id.x",
    ] {
        assert!(!matches(bad, line), "{bad}");
    }
    assert!(
        !matches(".a=1", "no JSON at all, a=1")
            && !matches(".a=1", "{\"a\":1")
            && matches(".a=1", "[INFO] x {\"a\":1} tail")
    );
}

#[test]
fn json_without_end_is_survived() {
    let deep = "{\"a\":".repeat(100_000);
    assert!(!matches(".a=1", &deep));
}

#[test]
fn what_the_platform_reports_compares_with_units() {
    let of = |text: &str| {
        query(text).matches(&Facts {
            figures: Some(&REPORT),
            kind: LineKind::Report,
            text: "REPORT",
            ..Facts::default()
        })
    };
    for good in [
        "duration>1s",
        "duration>3259",
        "billed>=4072ms",
        "init>0.5s",
        "mem>90%",
        "mem<500MB",
        "cold",
        "-timeout",
        "-oom",
        "duration<1m",
    ] {
        assert!(of(good), "{good}");
    }
    for bad in ["duration>4s", "restore>1ms", "mem>95%", "timeout", "oom", "-cold"] {
        assert!(!of(bad), "{bad}");
    }
    assert!(!matches("duration>1", "REPORT Duration: 5 ms"), "a line whose figures are unknown");
}

#[test]
fn the_platforms_words_match_the_text_as_well() {
    assert!(
        matches("timeout", "ETIMEDOUT: socket timed out") && matches("timeout", "read timeout after 3 s")
    );
    assert!(matches("oom", "worker died: out of memory") && !matches("oom", "no room left"));
    assert!(!matches("cold", "scolded") && matches("\"cold\"", "scolded"));
    let timed_out = Facts { kind: LineKind::Timeout, ..Facts::default() };
    assert!(query("timeout").matches(&timed_out));
}

#[test]
fn a_mistake_is_pointed_at_and_told_how_to_mend() {
    for (text, at, says) in [
        ("error -", 6, "leaves out"),
        ("| error", 0, "between two terms"),
        ("error |", 6, "another term"),
        ("a | | b", 4, "between two terms"),
        ("level>=warm", 7, "\"warm\" is no level: trace, debug"),
        ("größe duration>1x", 17, "\"1x\" is no duration: 250ms, 1.5s or 2m"),
        ("mem>lots", 4, "90%"),
        ("/a(b/", 0, "no regex"),
        ("x fn:", 2, "fn: wants"),
        ("req:", 0, "req:c1f0a7e2"),
        (".latency>fast", 8, "\"fast\" is no number"),
        (".a..b=1", 0, "names between"),
        (".path~", 5, "wants a regex"),
        (".a=", 2, "value is missing"),
        ("latency>250", 0, "of JSON it is .latency"),
        ("\"\"", 0, "a phrase wants words"),
    ] {
        let (place, message) = mistake(text);
        assert_eq!(place, at, "{text}: {message}");
        assert!(message.contains(says), "{text}: {message}");
    }
}

#[test]
fn what_only_looks_like_a_field_is_text() {
    assert!(
        matches("https://shop.example", "GET https://shop.example/x")
            && matches("a->b", "a->b")
            && matches("...", "wait...")
    );
    assert!(matches("status=502", "status=502") && matches("x|y", "x|y") && matches(".5", "0.5"));
}

#[test]
fn places_to_highlight_are_apart_and_in_order() {
    assert_eq!(query("throttled led -cart").highlights("ledger throttled, throttled"), [0..3, 7..16, 18..27]);
    assert_eq!(query("aba | bab y").highlights("xabab y"), [1..5, 6..7]);
    assert_eq!(query("/x*/").highlights("axxbx"), [1..3, 4..5]);
}

/// Which of the lines a search finds that has them one behind the other.
fn searched(query: &Query, lines: &[&str]) -> Vec<usize> {
    let (mut arena, mut ends) = (String::new(), Vec::new());
    for line in lines {
        arena.push_str(line);
        ends.push(arena.len());
    }
    let (mut found, mut at, mut start) = (Vec::new(), 0, 0);
    while at < lines.len() {
        let Some(candidate) = query.candidate(&arena, start) else { break };
        if candidate > start {
            at += ends[at..].partition_point(|end| *end <= candidate);
        }
        if at < lines.len() && query.matches(&Facts { text: lines[at], ..Facts::default() }) {
            found.push(at);
        }
        start = ends.get(at).copied().unwrap_or(arena.len());
        at += 1;
    }
    found
}

#[test]
fn the_most_telling_part_lets_a_search_skip_lines() {
    let lines = ["cart opened ", "ledger throttled", "", "{\"items\":3}", "order=4821", "7 gone"];
    let first = |text: &str| query(text).candidate(&lines.concat(), 0);
    // The last byte of what must be there.
    assert_eq!(first("led throttled level>=warn"), Some(12 + "ledger throttled".len() - 1));
    assert_eq!(first("order=*21$"), None);
    assert_eq!(first("/order=\\d+/"), Some(12 + 16 + 11 + "order=4".len() - 1), "what ends first is enough");
    assert_eq!(first(".items=3"), Some(12 + 16 + 2), "the field's name");
    for every_line in ["led | throttled", "-gone", "/x*/", "/^/", "/[0-9]+7 in/", "level>=info"] {
        assert_eq!(first(every_line), Some(0), "{every_line}");
    }
    for (text, found) in [
        ("/order=[0-9]+7/", vec![]),
        ("/^ledger/", vec![1]),
        ("/^$/", vec![2]),
        ("/4821$/", vec![4]),
        (".items=3", vec![3]),
        ("/\\bgone\\b/ /d$|e$/", vec![5]),
    ] {
        assert_eq!(searched(&query(text), &lines), found, "{text}");
    }
}

#[test]
fn what_cloudwatch_can_filter_itself_lets_through_no_less() {
    let pattern = |text: &str| query(text).filter_pattern();
    assert_eq!(
        pattern("ERROR \"Card declined\" -Health"),
        Pushdown { text: "\"ERROR\" \"Card declined\" -\"Health\"".into(), whole: true }
    );
    assert_eq!(pattern("48213"), Pushdown { text: "\"48213\"".into(), whole: true });
    assert_eq!(pattern("oom | timeout"), Pushdown { text: String::new(), whole: false });
    assert_eq!(pattern("led throttled level>=warn").text, "%[tT][hH][rR][oO][tT][tT][lL][eE][dD]%");
    assert!(
        !pattern("-declined").whole && pattern("-declined").text.is_empty(),
        "without case it leaves out too little"
    );
    let insights = |text: &str| query(text).insights_filter();
    assert_eq!(
        insights("declined | \"Not found\" -health duration>1s"),
        Pushdown {
            text: "| filter @message like /(?i)declined/ or @message like /Not found/ | filter @message not like /(?i)health/".into(),
            whole: false
        }
    );
    assert_eq!(insights("/api/v1").text, r"| filter @message like /(?i)\/api\/v1/");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn anything_typed_is_survived(text in r#"[-|/."a-cA=><~:*\\é \u{3000}0-9%]{0,16}|\PC{0,16}"#, line in "\\PC{0,60}") {
        match Query::parse(&text) {
            Ok(query) => {
                let _ = query.matches(&Facts { text: &line, ..Facts::default() });
                for place in query.highlights(&line) {
                    prop_assert!(line.is_char_boundary(place.start) && line.is_char_boundary(place.end));
                }
                let _ = (query.filter_pattern(), query.insights_filter());
            }
            Err(error) => prop_assert!(text.is_char_boundary(error.at) && error.at <= text.len(), "{:?}", error),
        }
    }

    #[test]
    fn a_search_finds_the_lines_that_match_and_no_other(
        pattern in "[ab.]{1,2}([*?+]|[|]b|\\\\b)?[abc^$]{0,2}|(\\^|\\\\b|\\\\B)?[abc]{1,3}(\\$|\\\\b|\\\\B)?|(a|bc)[*+]b{0,2}",
        lines in prop::collection::vec("[abcA \n]{0,6}", 1..8),
    ) {
        let Ok(query) = Query::parse(&format!("/{pattern}/")) else { return Ok(()) };
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        let one_by_one: Vec<usize> = (0..lines.len())
            .filter(|at| query.matches(&Facts { text: lines[*at], ..Facts::default() }))
            .collect();
        prop_assert_eq!(searched(&query, &lines), one_by_one);
    }

    #[test]
    fn a_word_of_a_line_finds_it(line in "[a-z]{1,8}( [a-z]{1,8}){0,5}", pick in 0_usize..6) {
        let words: Vec<&str> = line.split(' ').collect();
        let word = words[pick % words.len()];
        let quoted = format!("\"{word}\"");
        let left_out = ["-", &quoted].concat();
        prop_assert!(matches(&quoted, &line) && !matches(&left_out, &line));
        prop_assert_eq!(searched(&query(&quoted), &["-", &line, "-"]), [1]);
    }
}
