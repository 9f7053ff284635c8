//! Segments and log lines as spans on one axis: attempts, waits, the critical path, and where the time went.

use proptest::prelude::*;

use lambtop::model::{
    FunctionKey, GroupKey, Invocation, InvocationKey, LineKind, LogStream, Outcome, RequestId, Scope,
    Timestamp,
};
use lambtop::parse::xray;
use lambtop::store::timeline::story::Story;
use lambtop::store::timeline::{
    Logged, Mark, Part, Span, SpanKey, SpanKind, Timeline, of_log, of_trace, story,
};
use lambtop::store::traces::{Oddity, Tree};

const ZERO: f64 = 1_000_000.0;

/// A document of X-Ray: id, name, from and to in ms, and anything else.
fn node(id: &str, parent: &str, name: &str, from: f64, to: f64, more: &str) -> String {
    let parent = if parent.is_empty() { String::new() } else { format!(r#""parent_id":"{parent}","#) };
    let kind = if more.contains("origin") || parent.is_empty() { "" } else { r#""type":"subsegment","# };
    format!(
        r#"{{"id":"{id}",{parent}{kind}"name":"{name}","start_time":{},"end_time":{}{}{more}}}"#,
        (ZERO + from) / 1e3,
        (ZERO + to) / 1e3,
        if more.is_empty() { "" } else { "," }
    )
}

const PUT: &str = r#""namespace":"aws","throttle":true,"error":true,"http":{"response":{"status":400}},"aws":{"operation":"PutItem","table_name":"payment-ledger"}"#;

/// A request that went through a gateway and two functions, waited for an init, and gave up on a table.
fn incident() -> Vec<String> {
    vec![
        node(
            "gw",
            "",
            "shop-gateway",
            0.0,
            4171.0,
            r#""origin":"AWS::ApiGateway::Stage","fault":true,"http":{"request":{"method":"POST","url":"https://shop.example/checkout"},"response":{"status":502}}"#,
        ),
        node("cs", "gw", "checkout-api", 5.0, 4167.0, r#""origin":"AWS::Lambda","fault":true"#),
        node("cf", "cs", "checkout-api", 9.0, 4163.0, r#""origin":"AWS::Lambda::Function","fault":true"#),
        node("ps", "cf", "payment-capture", 30.0, 4150.0, r#""origin":"AWS::Lambda","fault":true"#),
        node("pf", "ps", "payment-capture", 40.0, 4140.0, r#""origin":"AWS::Lambda::Function","fault":true"#),
        node("in", "pf", "Initialization", 50.0, 862.0, ""),
        node("iv", "pf", "Invocation", 881.0, 4140.0, r#""fault":true"#),
        node(
            "http",
            "iv",
            "acquirer.example",
            900.0,
            1212.0,
            r#""namespace":"remote","http":{"request":{"method":"POST","url":"https://acquirer.example/auth"},"response":{"status":200}}"#,
        ),
        node(
            "get",
            "iv",
            "DynamoDB",
            1214.0,
            1226.0,
            r#""namespace":"aws","aws":{"operation":"GetItem","table_name":"payments"},"http":{"response":{"status":200}}"#,
        ),
        node("p1", "iv", "DynamoDB", 1240.0, 1262.0, PUT),
        node("p2", "iv", "DynamoDB", 1653.0, 1677.0, PUT),
        node("p3", "iv", "DynamoDB", 2480.0, 2501.0, PUT),
        node("p4", "iv", "DynamoDB", 4105.0, 4128.0, PUT),
    ]
}

fn tree(documents: &[String]) -> Tree {
    Tree::of(documents.iter().flat_map(|document| xray::document(document, None).expect("a document")))
}

fn shown(timeline: &Timeline) -> Vec<String> {
    timeline
        .spans
        .iter()
        .map(|span| format!("{}{} {}", " ".repeat(span.depth), span.title, span.status).trim_end().to_owned())
        .collect()
}

fn span<'a>(timeline: &'a Timeline, title: &str) -> &'a Span {
    timeline
        .spans
        .iter()
        .find(|span| span.title == title)
        .unwrap_or_else(|| panic!("{title} in {:?}", shown(timeline)))
}

#[test]
fn attempts_of_one_operation_stand_below_it_with_the_pauses_between_them() {
    let timeline = of_trace(&tree(&incident()), &[]);
    assert_eq!(
        shown(&timeline),
        [
            "shop-gateway POST /checkout 502",
            " checkout-api Lambda fault",
            "  checkout-api function fault",
            "   payment-capture Lambda fault",
            "    payment-capture function fault",
            "     Initialization cold",
            "     Invocation fault",
            "      acquirer.example POST /auth 200",
            "      payments DynamoDB GetItem 200",
            "      payment-ledger DynamoDB PutItem 400",
            "       attempt 1 400",
            "       retry backoff",
            "       attempt 2 400",
            "       retry backoff",
            "       attempt 3 400",
            "       retry backoff",
            "       attempt 4, gave up 400",
        ]
    );
    let put = span(&timeline, "payment-ledger DynamoDB PutItem");
    assert_eq!((put.duration_ms().map(f64::round), put.below, put.mark), (Some(2888.0), 7, Mark::Error));
    assert!(put.self_ms < 0.01, "{}", put.self_ms);
    let own: Vec<f64> = timeline.spans.iter().map(|span| span.self_ms.round()).collect();
    assert!((own[6] - 47.0).abs() < 0.5, "own code of the invocation");
    assert!((own[11] - 391.0).abs() < 0.5, "a wait is all its own");
    assert_eq!(timeline.trouble(), Some(9));
}

#[test]
fn where_the_time_went_adds_up() {
    let timeline = of_trace(&tree(&incident()), &[]);
    let parts: Vec<(&str, u64)> = timeline.parts.iter().map(|part| (&*part.name, part.ms)).collect();
    assert_eq!(parts.iter().map(|(_, ms)| ms).sum::<u64>(), 4171);
    assert_eq!(parts[0], ("backoff", 2798));
    assert_eq!(parts[1], ("init", 812));
    assert_eq!(parts[2], ("POST acquirer", 312));
    assert_eq!(parts[3], ("DynamoDB", 102));
    assert_eq!(parts.last().map(|part| part.0), Some("own code"));
}

fn full(story: Option<Story>) -> Option<String> {
    story.map(|story| story.full)
}

#[test]
fn one_sentence_says_what_was_waited_for_the_largest_first() {
    let tree = tree(&incident());
    let timeline = of_trace(&tree, &[]);
    assert_eq!(
        full(story::of_spans(&timeline, &tree, Some("payment-capture"))).as_deref(),
        Some(
            "waited 2.89 s (70 %) for DynamoDB payment-ledger (4 attempts, 2.80 s backing off), after a cold start of 812 ms (20 %)"
        )
    );
    assert_eq!(
        full(story::of_spans(&timeline, &tree, None)).as_deref(),
        Some(
            "waited 2.89 s (69 %) for DynamoDB payment-ledger (4 attempts, 2.80 s backing off), after a cold start of 812 ms (19 %)"
        )
    );
    assert_eq!(
        story::of_spans(&timeline, &tree, None).map(|story| story.brief).as_deref(),
        Some("waited 2.89 s for DynamoDB payment-ledger (4 attempts), cold start 812 ms")
    );
    assert_eq!(story::of_spans(&timeline, &tree, Some("nobody")), None);
    let slow = [
        node("f", "", "cart-api", 0.0, 1_000.0, r#""origin":"AWS::Lambda::Function""#),
        node("i", "f", "Init", 0.0, 700.0, ""),
        node("c", "f", "carts.example", 710.0, 960.0, r#""namespace":"remote""#),
    ];
    let tree = self::tree(&slow);
    assert_eq!(
        full(story::of_spans(&of_trace(&tree, &[]), &tree, Some("cart-api"))).as_deref(),
        Some("had a cold start of 700 ms (70 %), waited 250 ms (25 %) for carts.example")
    );
}

#[test]
fn the_path_is_heavy_where_it_is_worth_a_look() {
    let timeline = of_trace(&tree(&incident()), &[]);
    let light: Vec<&str> =
        timeline.spans.iter().filter(|span| !span.critical).map(|span| &*span.title).collect();
    assert_eq!(light, ["payments DynamoDB GetItem"]);
    // Of two calls side by side the one is waited for that ends last.
    let beside = of_trace(
        &tree(&[
            node("r", "", "job", 0.0, 100.0, ""),
            node("a", "r", "short", 10.0, 60.0, ""),
            node("b", "r", "long", 10.0, 95.0, ""),
        ]),
        &[],
    );
    assert!(span(&beside, "long").critical && !span(&beside, "short").critical);
    assert_eq!(beside.parts.iter().map(|part| part.ms).sum::<u64>(), 100);
}

#[test]
fn a_cold_start_that_was_waited_for_is_named_and_an_init_of_long_before_is_not_on_the_axis() {
    let cold = of_trace(
        &tree(&[
            node("s", "", "cart-api", 0.0, 900.0, r#""origin":"AWS::Lambda""#),
            node("f", "s", "cart-api", 200.0, 900.0, r#""origin":"AWS::Lambda::Function""#),
            node("i", "f", "Init", 200.0, 600.0, ""),
        ]),
        &[],
    );
    assert_eq!(span(&cold, "waiting for a cold start").duration_ms().map(f64::round), Some(200.0));
    assert!(span(&cold, "Init").critical, "it is what was waited for");
    let ahead = of_trace(
        &tree(&[
            node("s", "", "cart-api", 0.0, 100.0, r#""origin":"AWS::Lambda""#),
            node("f", "s", "cart-api", 5.0, 100.0, r#""origin":"AWS::Lambda::Function""#),
            node("i", "f", "Init", -90_000.0, -89_000.0, ""),
            node("c", "f", "work", 10.0, 80.0, ""),
        ]),
        &[],
    );
    assert!((ahead.length_ms - 100.0).abs() < 0.01, "{}", ahead.length_ms);
    assert!(span(&ahead, "ready, and no request").duration_ms() > Some(88_000.0));
    assert_eq!(ahead.parts.iter().map(|part| part.ms).sum::<u64>(), 100);
}

#[test]
fn figures_lie_between_whole_milliseconds_and_add_up() {
    let timeline = of_trace(
        &tree(&[
            node("f", "", "cart-api", 0.0, 900.4, r#""origin":"AWS::Lambda::Function""#),
            node("a", "f", "first", 0.4, 300.4, ""),
            node("b", "f", "second", 300.6, 600.4, ""),
            node("c", "f", "third", 600.6, 900.4, ""),
        ]),
        &[],
    );
    let took = |title| span(&timeline, title).whole_ms().expect("it has ended");
    assert_eq!((took("first"), took("second"), took("third")), (300.0, 299.0, 299.0));
    let own = timeline.spans[0].self_ms;
    assert!((took("first") + took("second") + took("third") + own - 900.0).abs() < 0.01, "{own}");
    for span in &timeline.spans {
        let (start, end) = (span.start_ms.expect("a start"), span.end_ms.expect("an end"));
        assert_eq!(Some(end.round() - start.round()), span.whole_ms(), "{}", span.title);
    }
}

#[test]
fn a_call_whose_work_begins_later_shows_the_wait() {
    let timeline = of_trace(
        &tree(&[
            node("r", "", "order", 0.0, 50.0, ""),
            node("q", "r", "SQS", 10.0, 20.0, r#""namespace":"aws","aws":{"operation":"SendMessage"}"#),
            node("w", "q", "mailer", 320.0, 400.0, r#""origin":"AWS::Lambda""#),
        ]),
        &[],
    );
    let wait = span(&timeline, "waiting before mailer began");
    assert_eq!((wait.start_ms.map(f64::round), wait.end_ms.map(f64::round)), (Some(20.0), Some(320.0)));
    assert!(timeline.skew_ms < 0.01, "work that goes on later is no difference of clocks");
}

#[test]
fn what_a_function_tells_of_its_own_time_has_rows() {
    let timeline = of_trace(
        &tree(&[node(
            "f",
            "",
            "report",
            0.0,
            100.0,
            r#""origin":"AWS::Lambda::Function","annotations":{"aws.responseLatency":20.0,"aws.responseDuration":50.5,"aws.runtimeOverhead":1.5,"aws.extensionOverhead":8}"#,
        )]),
        &[],
    );
    let streaming = span(&timeline, "response streaming");
    assert_eq!((streaming.start_ms.map(f64::round), streaming.duration_ms()), (Some(20.0), Some(50.5)));
    assert_eq!(span(&timeline, "extensions").start_ms, Some(72.0));
    let explained = |title: &str| span(&timeline, title).key.place.explained().unwrap_or_default();
    assert!(explained("extensions").contains("billed") && explained("overhead").contains("runtime"));
}

#[test]
fn clocks_that_differ_are_measured() {
    let timeline = of_trace(
        &tree(&[
            node("r", "", "caller", 0.0, 50.0, ""),
            node("c", "r", "called", -12.0, 30.0, r#""origin":"AWS::Lambda""#),
        ]),
        &[],
    );
    assert!((timeline.skew_ms - 12.0).abs() < 0.01, "{}", timeline.skew_ms);
    assert_eq!(span(&timeline, "called Lambda").oddity, Some(Oddity::Outside));
}

#[test]
fn what_x_ray_has_not_seen_the_end_of_goes_on_as_far_as_the_log_says() {
    let begun = |more: &str| {
        let start = ZERO / 1e3;
        tree(&[
            format!(
                r#"{{"id":"f","name":"payment-capture","origin":"AWS::Lambda","start_time":{start}{more}}}"#
            ),
            node("c", "f", "acquirer", 10.0, 100.0, ""),
        ])
    };
    let length = |tree: &Tree| of_trace(tree, &[&invocation()]).length_ms.round();
    assert!((length(&begun(r#","in_progress":true"#)) - 6_000.0).abs() < 1e-6);
    assert!((length(&begun(&format!(r#","end_time":{}"#, (ZERO + 200.0) / 1e3))) - 200.0).abs() < 0.01);
}

#[test]
fn of_a_request_that_timed_out_the_call_that_never_came_back_is_looked_at_first() {
    let call = format!(
        r#"{{"id":"d","parent_id":"i","type":"subsegment","name":"DynamoDB","namespace":"aws","in_progress":true,"start_time":{},"aws":{{"operation":"PutItem"}}}}"#,
        (ZERO + 200.0) / 1e3
    );
    let timeline = of_trace(
        &tree(&[
            node(
                "f",
                "",
                "payment-capture",
                0.0,
                6_000.0,
                r#""origin":"AWS::Lambda::Function","fault":true"#,
            ),
            node("i", "f", "Invocation", 0.0, 6_000.0, r#""fault":true"#),
            node("a", "i", "acquirer.example", 50.0, 150.0, r#""namespace":"remote""#),
            call,
        ]),
        &[&invocation()],
    );
    let at = timeline.trouble().expect("it failed");
    assert_eq!(timeline.spans[at].title, "DynamoDB PutItem");
}

#[test]
fn an_inferred_segment_is_folded_away() {
    let timeline = of_trace(
        &tree(&[
            node("r", "", "job", 0.0, 50.0, ""),
            node("g", "r", "DynamoDB", 10.0, 20.0, r#""namespace":"aws","aws":{"operation":"GetItem"}"#),
            node("t", "g", "payments", 10.0, 20.0, r#""origin":"AWS::DynamoDB::Table""#),
        ]),
        &[],
    );
    assert!(span(&timeline, "DynamoDB GetItem").folded && !timeline.spans[0].folded);
}

const REQUEST: &str = "b20c55fe-91f7-4c02-8a3e-5d6f0e13b7aa";

fn invocation() -> Invocation {
    let scope = Scope::new("123456789012", "eu-west-1");
    let function = FunctionKey::new(&scope, "payment-capture");
    Invocation {
        key: InvocationKey { request: RequestId::parse(REQUEST).expect("an id"), attempt: 0 },
        group: GroupKey::by_default(&function).into(),
        function: function.into(),
        stream: LogStream { name: "s".into(), function: None, version: None }.into(),
        version: Some("88".into()),
        start: Timestamp::from_millis(ZERO as i64),
        started: true,
        first: Timestamp::from_millis(ZERO as i64),
        last: Timestamp::from_millis(ZERO as i64 + 6000),
        reported: Some(Timestamp::from_millis(ZERO as i64 + 6000)),
        duration_ms: Some(6000.0),
        billed_ms: Some(6000.0),
        init_ms: None,
        restore_ms: None,
        memory_mb: Some(512.0),
        max_memory_mb: Some(219.0),
        cold: false,
        outcome: Outcome::Timeout,
        fault: None,
        error: None,
        trace: None,
        sampled: Some(false),
        claims: None,
    }
}

fn lines() -> Vec<Logged> {
    [
        (0.0, LineKind::Start, "START RequestId"),
        (11.0, LineKind::Application, "capture start order=48207"),
        (337.0, LineKind::Application, "card authorised in 318 ms"),
        (371.0, LineKind::Application, "ledger put throttled, attempt 1 of 4, retry in 398 ms"),
        (790.0, LineKind::Application, "ledger put throttled, attempt 2 of 4, retry in 797 ms"),
        (1611.0, LineKind::Application, "ledger put throttled, attempt 3 of 4"),
        (3240.0, LineKind::Application, "ledger put throttled, attempt 4 of 4, giving up"),
        (6000.0, LineKind::Timeout, "Task timed out after 6.00 seconds"),
        (6000.0, LineKind::Report, "REPORT"),
    ]
    .into_iter()
    .map(|(at, kind, text)| Logged { at_ms: ZERO + at, kind, level: None, text: text.into() })
    .collect()
}

#[test]
fn a_request_without_a_trace_is_laid_out_by_its_lines_and_silence_is_measured() {
    let timeline = of_log(&invocation(), Outcome::Timeout, &lines());
    let told = story::of_lines(&invocation(), &timeline, &lines()).expect("a sentence");
    assert_eq!(
        told.full,
        "was silent for 2.76 s (46 %) until the timeout, waited 2.87 s (48 %) over 4 attempts: \"ledger put throttled\""
    );
    assert_eq!(told.brief, "silent 2.76 s, waited 2.87 s over 4 attempts: \"ledger put throttled\"");
    let cold = Invocation { init_ms: Some(812.0), cold: true, ..invocation() };
    let told = story::of_lines(&cold, &of_log(&cold, Outcome::Timeout, &lines()), &lines())
        .expect("a sentence")
        .full;
    assert!(told.starts_with("had a cold start of 812 ms (12 %), was silent"), "{told}");
    assert!(told.ends_with(": \"ledger put throttled\""), "no number stands behind what is quoted: {told}");
    assert_eq!(
        shown(&timeline),
        [
            "Invocation  START to REPORT timeout",
            " capture start → card authorised",
            " attempt 1 to 2",
            " attempt 2 to 3",
            " attempt 3 to 4",
            " silent until the timeout",
        ]
    );
    assert_eq!(span(&timeline, "silent until the timeout").duration_ms(), Some(2760.0));
    assert_eq!(timeline.parts[0], Part { name: "silence".into(), ms: 2760 });
    assert_eq!(timeline.parts.iter().map(|part| part.ms).sum::<u64>(), 6000);
    assert_eq!(timeline.trouble(), Some(5));
}

#[test]
fn a_request_without_a_trace_that_only_waited_for_its_cold_start_says_so() {
    let told = |took: f64, of: Invocation| {
        let lines = [
            Logged { at_ms: ZERO, kind: LineKind::Start, level: None, text: "START RequestId".into() },
            Logged { at_ms: ZERO + took, kind: LineKind::Report, level: None, text: "REPORT".into() },
        ];
        let own = Invocation { duration_ms: Some(took), outcome: Outcome::Ok, cold: true, ..of };
        story::of_lines(&own, &of_log(&own, Outcome::Ok, &lines), &lines).map(|told| (told.full, told.brief))
    };
    let words = |full: &str, brief: &str| Some((full.to_owned(), brief.to_owned()));
    let init = Invocation { init_ms: Some(812.0), ..invocation() };
    assert_eq!(
        told(285.0, init.clone()),
        words("waited 812 ms (74 %) for its cold start", "waited 812 ms for its cold start")
    );
    let restore = Invocation { restore_ms: Some(300.0), ..invocation() };
    assert_eq!(
        told(200.0, restore),
        words("waited 300 ms (60 %) for its restore", "waited 300 ms for its restore")
    );
    assert_eq!(told(9_000.0, init.clone()), None, "a small part of the time is not where it went");
    assert_eq!(told(285.0, Invocation { reported: None, ..init }), None, "it may go on");
    assert_eq!(told(285.0, invocation()), None, "it waited for nothing");
}

#[test]
fn an_init_stands_before_its_invocation() {
    let cold = Invocation { init_ms: Some(812.0), cold: true, outcome: Outcome::Ok, ..invocation() };
    let timeline = of_log(&cold, Outcome::Ok, &lines());
    let init = span(&timeline, "Init");
    assert_eq!((init.start_ms, init.end_ms, init.mark), (Some(0.0), Some(812.0), Mark::Cold));
    assert_eq!(timeline.spans[1].start_ms, Some(812.0));
    assert!((timeline.length_ms - 6812.0).abs() < 0.5);
}

#[test]
fn a_request_of_one_line_still_has_a_row() {
    let bare = Invocation { duration_ms: None, reported: None, outcome: Outcome::Unknown, ..invocation() };
    let timeline = of_log(&bare, Outcome::Running, &lines()[..1]);
    assert_eq!(shown(&timeline), ["Invocation  START to REPORT running"]);
    assert_eq!(timeline.spans[0].end_ms, None);
}

#[test]
fn ten_thousand_siblings_and_a_thousand_levels_are_laid_out_in_time() {
    let mut wide: Vec<String> = (0..10_000)
        .map(|at| node(&format!("w{at}"), "r", "call", f64::from(at), f64::from(at) + 1.0, PUT))
        .collect();
    wide.push(node("r", "", "root", 0.0, 1e4, ""));
    let wide = tree(&wide);
    let begun = std::time::Instant::now();
    let timeline = of_trace(&wide, &[]);
    assert!(timeline.spans.len() > 10_000, "{}", timeline.spans.len());
    let deep: Vec<String> = (0..1_000)
        .map(|at| {
            node(
                &format!("d{at}"),
                &if at == 0 { String::new() } else { format!("d{}", at - 1) },
                "level",
                0.0,
                9.0,
                "",
            )
        })
        .collect();
    let timeline = of_trace(&tree(&deep), &[]);
    assert_eq!(timeline.spans.last().map(|span| span.depth), Some(999));
    let took = begun.elapsed();
    assert!(took < std::time::Duration::from_secs(2), "took {took:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_segment_has_one_span_and_the_parts_add_up(
        links in prop::collection::vec((0_usize..14, 0_usize..16, -200_i32..200, prop::option::of(0_i32..300), 0_u8..8), 0..40),
    ) {
        let segments: Vec<lambtop::model::Segment> = links.iter().flat_map(|(id, parent, from, took, how)| {
            let more = match how { 0 => PUT, 1 => r#""origin":"AWS::Lambda::Function""#, 2 => r#""origin":"AWS::Lambda""#, _ => "" };
            let name = ["Init", "DynamoDB", "Attempt #1", "work"][id % 4];
            let parent = if *parent == 15 { String::new() } else { format!("n{parent}") };
            let document = node(&format!("n{id}"), &parent, name, f64::from(*from), f64::from(*from + took.unwrap_or(0)), more);
            let mut segments = xray::document(&document, None).expect("a document");
            if took.is_none() { segments[0].end_ms = None; segments[0].in_progress = true; }
            segments
        }).collect();
        let tree = Tree::of(segments);
        let timeline = of_trace(&tree, &[]);
        let mut seen: Vec<usize> = timeline.spans.iter().filter_map(|span| match span.kind { SpanKind::Segment(at) => Some(at), _ => None }).collect();
        seen.sort_unstable();
        prop_assert_eq!(seen, (0..tree.nodes.len()).collect::<Vec<_>>());
        let mut keys: Vec<&SpanKey> = timeline.spans.iter().map(|span| &span.key).collect();
        keys.sort();
        keys.dedup();
        prop_assert_eq!(keys.len(), timeline.spans.len());
        for (at, span) in timeline.spans.iter().enumerate() {
            prop_assert!(span.parent.is_none_or(|parent| parent < at && at <= parent + timeline.spans[parent].below));
            prop_assert!(span.self_ms >= 0.0);
        }
        if tree.span().is_some() {
            prop_assert_eq!(timeline.parts.iter().map(|part| part.ms).sum::<u64>(), timeline.length_ms.round() as u64);
        }
    }
}
