use super::*;
use crate::demo::fleet::Outcome;

/// 2026-03-01T12:00:00Z, in minutes.
const NOON: i64 = 29_539_440;

fn fleet() -> Fleet {
    Fleet::new(7)
}

/// The events that name a request.
fn about<'a>(events: &'a [Arc<LogEvent>], id: &str) -> Vec<&'a LogEvent> {
    events.iter().map(|event| &**event).filter(|event| event.message.contains(id)).collect()
}

#[test]
fn the_report_of_a_request_says_what_its_metrics_say() {
    let fleet = fleet();
    let index = fleet.find("checkout-api").unwrap();
    for minute in NOON..NOON + 5 {
        let events = fleet.log(index, minute);
        for request in fleet.invocations(index, minute) {
            let lines = about(&events, &request.request_id);
            if request.outcome == Outcome::Throttled {
                assert!(lines.is_empty());
                continue;
            }
            let report = lines.iter().find(|event| event.message.starts_with("REPORT ")).unwrap();
            for figure in [
                format!("Duration: {:.2} ms\t", request.duration_ms),
                format!("Billed Duration: {} ms\t", request.billed_ms),
                format!("Max Memory Used: {} MB\t", request.memory_used_mb),
            ] {
                assert!(report.message.contains(&figure), "{figure} in {}", report.message);
            }
            assert_eq!(report.message.contains("Init Duration"), request.init_ms.is_some());
            assert_eq!(report.timestamp, request.end_ms() as i64);
        }
    }
}

#[test]
fn a_stream_is_one_environment_that_serves_one_request_at_a_time() {
    let fleet = fleet();
    let index = fleet.find("cart-api").unwrap();
    let mut open: HashMap<Arc<str>, String> = HashMap::new();
    let mut events: Vec<_> = (NOON..NOON + 10).flat_map(|minute| fleet.log(index, minute).to_vec()).collect();
    events.sort_by(|a, b| (a.timestamp, &a.id).cmp(&(b.timestamp, &b.id)));
    let mut ended = 0;
    for event in &events {
        if let Some(id) = event.message.strip_prefix("START RequestId: ") {
            let before = open.insert(Arc::clone(&event.stream), id[..36].to_owned());
            assert_eq!(before, None, "{} began while another was open", event.message);
        } else if let Some(id) = event.message.strip_prefix("END RequestId: ") {
            assert_eq!(open.remove(&event.stream).as_deref(), Some(&id[..36]));
            ended += 1;
        }
    }
    assert!(ended > 500, "{ended}");
}

#[test]
fn every_function_writes_and_no_two_events_share_an_id() {
    let fleet = fleet();
    let mut ids = std::collections::BTreeSet::new();
    for (index, spec) in fleet.functions().iter().enumerate() {
        let events = fleet.log(index, NOON);
        for event in events.iter() {
            assert!(ids.insert(event.id.clone()), "{}", event.id);
            assert!(
                event.id.len() == 56 && event.id.bytes().all(|byte| byte.is_ascii_digit()),
                "{}",
                event.id
            );
            assert!(event.ingested > event.timestamp && event.ingested <= event.timestamp + MOST_LATE_MS);
            if spec.log_format == LogFormat::Json && !event.message.contains("Task timed out") {
                let line: Result<serde_json::Value, _> = serde_json::from_str(&event.message);
                assert!(line.is_ok() || !event.message.starts_with('{'), "{}", event.message);
            }
        }
        let ran = fleet.invocations(index, NOON).iter().any(|request| request.environment.is_some());
        let quiet = spec.system_level == crate::demo::fleet::SystemLevel::Warn;
        assert!(!ran || quiet || events.len() > 2, "{}", spec.name);
    }
}

#[test]
fn a_busy_function_writes_a_few_lines_a_request() {
    let fleet = fleet();
    let index = fleet.find("checkout-api").unwrap();
    let (lines, requests) = (fleet.log(index, NOON).len(), fleet.invocations(index, NOON).len());
    let each = lines as f64 / requests as f64;
    assert!((5.0..12.0).contains(&each), "{each}");
}

#[test]
fn requests_interleave_on_managed_instances_and_every_line_names_its_own() {
    let fleet = fleet();
    let index = fleet.find("supplier-feed").unwrap();
    let mut events: Vec<_> = (NOON..NOON + 10).flat_map(|minute| fleet.log(index, minute).to_vec()).collect();
    events.sort_by(|a, b| (&a.stream, a.timestamp, &a.id).cmp(&(&b.stream, b.timestamp, &b.id)));
    let (mut open, mut together) = (0, 0);
    for event in &events {
        let started = event.message.contains("platform.start\"");
        open += i32::from(started) - i32::from(event.message.contains("platform.report\""));
        together = together.max(open);
        let platform = event.message.contains("platform.init");
        assert!(platform || event.message.contains("equestId"), "{}", event.message);
    }
    assert!(together > 1, "{together}");
}
