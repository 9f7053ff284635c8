//! The sources against an AWS stand-in that others wrote, over a real socket: two programs that share no code agree.

use std::collections::BTreeMap;
use std::process::Command;

use lambtop::model::{
    Architecture, Event, FunctionKey, FunctionList, Interest, Metric, Scope, SeriesKey, SeriesPage,
    Statistic, Subject, Timestamp,
};
use lambtop::source::clock::Clock;
use lambtop::source::{Settings, start};
use tokio::sync::{mpsc, watch};

use crate::python::python_environment;
use crate::stand_in::{LIMIT, StandIn};

/// Two functions, and seven minutes of one of them; prints the start of each minute and its number.
const SETUP: &str = r#"
import boto3, datetime, io, os, zipfile
def client(service):
    return boto3.client(service, endpoint_url=os.environ["STAND_IN"], region_name="eu-west-1")
code = io.BytesIO()
with zipfile.ZipFile(code, "w") as archive:
    archive.writestr("index.py", "def handler(event, context): return 1")
for name, memory in (("order-intake", 256), ("order-archive", 512)):
    client("lambda").create_function(
        FunctionName=name, Runtime="python3.13", Role="arn:aws:iam::000000000000:role/runs", Handler="index.handler",
        Code={"ZipFile": code.getvalue()}, MemorySize=memory, Timeout=9)
minute = datetime.datetime.now(datetime.timezone.utc).replace(second=0, microsecond=0)
def put(metric, at, value):
    client("cloudwatch").put_metric_data(Namespace="AWS/Lambda", MetricData=[{
        "MetricName": metric, "Dimensions": [{"Name": "FunctionName", "Value": "order-intake"}],
        "Timestamp": at, "Value": value}])
for back in range(2, 9):
    at = minute - datetime.timedelta(minutes=back)
    put("Invocations", at, back * 10)
    put("Errors", at, back % 3)
    put("Duration", at, 40.0 + back)
    print(int(at.timestamp()), back * 10, back % 3)
"#;

/// Starts it on a free port.
fn ministack() -> StandIn {
    let mut program = Command::new(python_environment().join("bin/ministack"));
    program.envs([("BIND_HOST", "127.0.0.1"), ("GATEWAY_PORT", "0")]);
    StandIn::start(program)
}

/// What the sources told of interest here.
#[derive(Default)]
struct Told {
    list: Option<FunctionList>,
    pages: BTreeMap<SeriesKey, SeriesPage>,
}

#[tokio::test(flavor = "multi_thread")]
async fn functions_and_metrics_of_another_stand_in_are_told_as_they_were_put_there() {
    let stand_in = ministack();
    let put = stand_in.script(SETUP);
    let scope = Scope::new("000000000000", "eu-west-1");
    let key = |name| FunctionKey::new(&scope, name);
    let settings = Settings {
        endpoint_url: Some(stand_in.url.clone()),
        static_credentials: true,
        ..Settings::default()
    };
    let interest = watch::Sender::new(Interest {
        visible: vec![key("order-intake"), key("order-archive")],
        ..Interest::default()
    });
    let (sender, mut events) = mpsc::channel(64);
    let _sources = start(settings, Clock::system(), interest.subscribe(), sender);

    let series = |name, metric, statistic, minutes: u32| SeriesKey {
        subject: Subject::Function(key(name)),
        metric,
        statistic,
        period: lambtop::model::Period::secs(minutes * 60),
    };
    let wanted = [
        series("order-intake", Metric::Invocations, Statistic::Sum, 1),
        series("order-intake", Metric::Errors, Statistic::Sum, 1),
        series("order-intake", Metric::Duration, Statistic::P99, 15),
        series("order-archive", Metric::Invocations, Statistic::Sum, 1),
    ];
    let mut told = Told::default();
    let all = async {
        while told.list.is_none() || !wanted.iter().all(|key| told.pages.contains_key(key)) {
            match events.recv().await.expect("the sources go on") {
                Event::Functions(list) if list.complete => told.list = Some(list),
                Event::Series { pages, .. } => {
                    told.pages.extend(pages.into_iter().map(|page| (page.key.clone(), page)));
                }
                _ => {}
            }
        }
    };
    tokio::time::timeout(LIMIT, all).await.expect("everything is told in time");

    let mut functions = told.list.expect("a list").functions;
    functions.sort_by(|one, other| one.key.cmp(&other.key));
    let described: Vec<_> = functions
        .iter()
        .map(|function| {
            (function.key.clone(), function.memory_mb, function.timeout_s, function.runtime.as_deref())
        })
        .collect();
    assert_eq!(
        described,
        [
            (key("order-archive"), Some(512), Some(9), Some("python3.13")),
            (key("order-intake"), Some(256), Some(9), Some("python3.13")),
        ]
    );
    assert_eq!(functions[0].architecture, Some(Architecture::X86));

    let points = |number: usize| -> Vec<(Timestamp, f64)> {
        told.pages[&wanted[number]].points.iter().map(|point| (point.at, point.value)).collect()
    };
    let column = |number: usize| -> Vec<(Timestamp, f64)> {
        let mut column: Vec<(Timestamp, f64)> = put
            .lines()
            .map(|line| line.split(' ').map(|field| field.parse().expect("a number")).collect::<Vec<f64>>())
            .map(|fields| (Timestamp::from_secs(fields[0] as i64), fields[number]))
            .collect();
        column.sort_by_key(|(at, _)| *at);
        column
    };
    assert_eq!((points(0), points(1)), (column(1), column(2)));
    assert!(
        points(2).iter().all(|(_, p99)| (42.0..=48.0).contains(p99)) && !points(2).is_empty(),
        "{:?}",
        points(2)
    );
    assert_eq!(points(3), [], "a function that never ran has no points");
}
