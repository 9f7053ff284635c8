use std::fmt::Write;

use proptest::prelude::*;

use super::*;
use crate::model::SegmentKind;

const SHOP: &str = r#"{"id":"aa01","name":"checkout-api","start_time":1.7719E9,"end_time":1.7719004E9,"trace_id":"1-x",
    "origin":"AWS::Lambda::Function","error":true,"http":{"request":{"client_ip":"203.0.113.7","user_agent":"curl/8"}},"metadata":{"subsegments":[{"id":"no"}]},
    "subsegments":[
      {"id":"aa02","name":"DynamoDB","namespace":"aws","start_time":1771900000.1,"end_time":1771900000.2,"throttle":true,"error":true,
       "aws":{"operation":"PutItem","table_name":"payment-ledger","region":"eu-west-1","request_id":"R1","retries":3},
       "http":{"response":{"status":400}},
       "cause":{"exceptions":[{"type":"ProvisionedThroughputExceededException","message":"slow down","remote":true,
         "stack":[{"path":"ledger.ts","line":88,"label":"putEntry"},{"label":"capture"}],"truncated":2}]},
       "subsegments":[{"id":"aa03","name":"attempt \"1\" ]}","start_time":1771900000.1,"in_progress":true}]},
      {"id":"aa04","name":"postgres","sql":{"url":"jdbc:postgres://db","database_type":"PostgreSQL","sanitized_query":"SELECT 1"},"annotations":{"order":48213,"vip":true}}
    ]}"#;

fn names(segments: &[Segment]) -> Vec<&str> {
    segments.iter().map(|segment| &*segment.name).collect()
}

#[test]
fn a_document_is_its_segment_and_everything_below_it() {
    let segments = document(SHOP, None).expect("a document");
    assert_eq!(names(&segments), ["checkout-api", "DynamoDB", "attempt \"1\" ]}", "postgres"]);
    let parents: Vec<_> = segments.iter().map(|segment| segment.parent.as_deref()).collect();
    assert_eq!(parents, [None, Some("aa01"), Some("aa02"), Some("aa01")]);
    assert!(segments.iter().all(|segment| segment.trace_id.as_deref() == Some("1-x")));
    assert_eq!(segments[0].kind, SegmentKind::Segment);
    assert_eq!(segments[3].kind, SegmentKind::EmbeddedSubsegment);
    assert!(
        segments[0].metadata.as_deref().is_some_and(|metadata| metadata.contains("\"no\"")),
        "data is no subsegment"
    );
}

#[test]
fn what_was_called_is_read_out_of_its_blocks() {
    let segments = document(SHOP, None).expect("a document");
    let call = &segments[1].call;
    assert_eq!(
        (call.operation.as_deref(), call.resource.as_deref()),
        (Some("PutItem"), Some("payment-ledger"))
    );
    assert_eq!((call.status, call.retries, call.request_id.as_deref()), (Some(400), Some(3), Some("R1")));
    let exception = &segments[1].exceptions[0];
    assert_eq!(&*exception.kind, "ProvisionedThroughputExceededException");
    assert_eq!(
        exception.stack.iter().map(|frame| &**frame).collect::<Vec<_>>(),
        ["ledger.ts:88 putEntry", "capture"]
    );
    assert!(exception.remote && exception.truncated == 2 && segments[1].throttle);
    let (sql, served) = (&segments[3].call, &segments[0].call);
    assert_eq!((sql.statement.as_deref(), sql.database.as_deref()), (Some("SELECT 1"), Some("PostgreSQL")));
    assert_eq!(
        (served.caller.as_deref(), served.user_agent.as_deref()),
        (Some("203.0.113.7"), Some("curl/8"))
    );
    assert_eq!(segments[3].annotations, [("order".into(), "48213".into()), ("vip".into(), "true".into())]);
    assert_eq!(segments[1].start_ms.map(f64::round), Some(1_771_900_000_100.0));
    assert!(segments[2].in_progress && segments[2].end_ms.is_none());
}

#[test]
fn numbers_are_read_also_where_a_serialiser_made_text_or_fractions_of_them() {
    for (start, status, retries) in
        [("1.5", "503", "2"), ("\"1.5\"", "\"503\"", "\"2\""), ("15e-1", "503.0", "2.0")]
    {
        let text = format!(
            r#"{{"name":"x","start_time":{start},"http":{{"response":{{"status":{status}}}}},"aws":{{"retries":{retries}}}}}"#
        );
        let segments = document(&text, None).expect("a document");
        let call = &segments[0].call;
        assert_eq!(
            (segments[0].start_ms, call.status, call.retries),
            (Some(1_500.0), Some(503), Some(2)),
            "{text}"
        );
    }
    for status in ["-1", "503.5", "99999", "\"\"", "null", "[503]", "1e300"] {
        let text = format!(r#"{{"name":"x","http":{{"response":{{"status":{status}}}}}}}"#);
        assert_eq!(document(&text, None).expect("a document")[0].call.status, None, "{status}");
    }
}

#[test]
fn an_answer_a_trace_a_document_and_lists_of_them_are_all_read() {
    let quoted = serde_json::to_string(SHOP).expect("a text");
    let trace = format!(
        r#"{{"Id":"1-x","Duration":0.4,"LimitExceeded":true,"Segments":[{{"Id":"aa01","Document":{quoted}}}]}}"#
    );
    for (text, truncated) in [
        (SHOP.to_owned(), false),
        (format!("[{SHOP}]"), false),
        (quoted.clone(), false),
        (format!("[{quoted}]"), false),
        (trace.clone(), true),
        (format!(r#"{{"Traces":[{trace}],"UnprocessedTraceIds":[]}}"#), true),
        (format!(r#"{{"TraceSegmentDocuments":[{quoted}]}}"#), false),
    ] {
        let found = read(&text).expect(&text);
        assert_eq!((found.segments.len(), found.unreadable, found.truncated), (4, 0, truncated), "{text}");
    }
    let two = format!("{SHOP}\n{}", SHOP.replace("aa0", "bb0"));
    assert_eq!(read(&two).expect("two documents").segments.len(), 8);
}

#[test]
fn documents_that_cannot_be_read_are_counted_and_the_others_stand() {
    let trace = r#"{"Id":"1-t","Segments":[{"Id":"s0","Document":"not JSON"},{"Id":"s1","Document":{"name":"valid","start_time":1.0}}]}"#;
    let found = read(trace).expect("a trace");
    assert_eq!((names(&found.segments), found.unreadable), (vec!["valid"], 1));
    assert_eq!(found.segments[0].id.as_deref(), Some("s1"), "the id beside the document");
    for nothing in ["", "no JSON", "{", "\"", "[1, 2]x{"] {
        assert!(read(nothing).is_none(), "{nothing}");
    }
    assert_eq!(read("[1, {}]").expect("a list").unreadable, 2);
}

#[test]
fn a_thousand_levels_are_read_and_a_million_do_no_harm() {
    let deep = |levels: usize| {
        let mut open = String::new();
        for level in 0..levels {
            let _ = write!(open, r#"{{"id":"{level:016x}","name":"n","start_time":1,"subsegments":["#);
        }
        format!("{open}{}", "]}".repeat(levels))
    };
    assert_eq!(document(&deep(1_000), None).expect("a document").len(), 1_000);
    let brackets =
        format!("{{\"name\":\"n\",\"metadata\":{}{}}}", "[".repeat(1_000_000), "]".repeat(1_000_000));
    let found = document(&brackets, None).expect("what is too deep is text");
    assert_eq!(found[0].metadata.as_ref().map(|text| text.len()), Some(2_000_000));
    assert_eq!(document(r#"{"name":"n","start_time":nonsense}"#, None), None);
}

#[test]
fn nodes_without_ids_hold_together_by_their_document() {
    let bare = r#"{"name":"frontend","start_time":1,"subsegments":[{"name":"call","start_time":1}]}"#;
    let segments = document(bare, None).expect("a document");
    assert_eq!(segments[1].parent, segments[0].id);
    assert!(segments[0].id.is_some() && segments[0].id != segments[1].id);
    assert_eq!(document(r#"{"name":"backend","start_time":1}"#, None).expect("a document")[0].id, None);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_survived(text in r#"[\[\]{}",:\\a-c1 ]{0,40}|\PC{0,40}"#) {
        let _ = (read(&text), document(&text, Some("x")));
    }

    #[test]
    fn a_document_cut_anywhere_is_survived(end in 0..SHOP.len()) {
        if SHOP.is_char_boundary(end) {
            prop_assert_eq!(document(&SHOP[..end], None), None);
        }
    }
}
