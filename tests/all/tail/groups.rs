//! Groups that are not there, come, go, come again, or cannot be tailed.

use lambtop::demo::faults::{Faults, Kind};
use lambtop::model::{FailureKind, FeedReport, TailStatus};

use super::{FLOOD, START, Tailing, account, fault, faulty, flood, mins, secs, shop};

fn at(seconds: u64) -> i64 {
    (START + secs(seconds)).millis()
}

#[tokio::test(start_paused = true)]
async fn a_group_that_is_missing_is_waited_for_and_its_first_line_is_not_lost() {
    let group = flood(0, 1_200, 10, 0.02).alive(at(0) + 45_000, at(100_000));
    let mut tailing = Tailing::group(account(vec![group], Faults::default()), FLOOD, mins(1));
    tailing.pass(secs(40)).await;
    assert_eq!(tailing.report().status, TailStatus::Waiting);
    let asked = tailing.endpoint.calls().of("logs:FilterLogEvents");
    assert!(asked < 12, "{asked} questions for a group that is not there");
    tailing.pass_to(secs(480)).await;
    let first = tailing.numbers().first().copied();
    assert_eq!(first, Some(450), "the first since the group was made");
    assert_eq!(tailing.numbers().len(), 1_200 - 450);
}

#[tokio::test(start_paused = true)]
async fn a_group_that_is_deleted_and_made_again_is_told_in_order_and_a_new_epoch_begins() {
    let group = flood(60, 4_200, 10, 0.0).alive(at(0) - 60_000, at(120)).alive(at(240), at(100_000));
    let mut tailing = Tailing::group(account(vec![group], Faults::default()), FLOOD, mins(1));
    tailing.pass(secs(110)).await;
    let before = tailing.numbers().len();
    assert!(before > 1_600, "{before}");
    tailing
        .until(secs(30), "it is noticed", |tailing| {
            matches!(tailing.report().status, TailStatus::Deleted { .. })
        })
        .await;
    assert!(tailing.numbers().len() >= before, "what was read stays");
    tailing.pass_to(secs(720)).await;
    let told: Vec<String> = tailing.statuses().iter().map(|status| format!("{status:?}")).collect();
    let order: Vec<&str> =
        told.iter().map(|told| told.split([' ', '{']).next().unwrap_or_default()).collect();
    assert_eq!(order, ["Starting", "Polling", "Deleted", "Polling"], "{told:?}");
    assert_eq!(tailing.report().epoch, 1);
    let again: Vec<u64> = tailing.numbers().into_iter().filter(|number| *number >= 3_000).collect();
    assert_eq!(again.len(), 1_200, "all of the second one");
    assert!(tailing.twice.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_group_of_another_class_says_why_it_cannot_be_tailed() {
    let mut tailing = Tailing::of(shop(Vec::new(), Faults::default()));
    tailing.pass(secs(5)).await;
    let archive = "/aws/lambda/audit-archive";
    tailing.want(&[archive], mins(10));
    tailing.pass(secs(30)).await;
    let report = tailing.report_of(archive).expect("a report");
    assert!(
        matches!(&report.status, TailStatus::Unreadable { why } if why.contains("Infrequent Access") && why.contains("Logs Insights")),
        "{report:?}"
    );
    assert_eq!(tailing.endpoint.calls().of("logs:FilterLogEvents"), 0, "it is not tried in vain");
}

#[tokio::test(start_paused = true)]
async fn where_groups_cannot_be_listed_the_answer_to_the_question_itself_says_the_class() {
    let faults = Faults::only(faulty(Kind::AccessDenied, "logs:DescribeLogGroups", 0, 100_000));
    let mut tailing = Tailing::group(shop(vec![flood(30, 600, 10, 0.0)], faults), FLOOD, mins(1));
    tailing.pass(mins(2)).await;
    tailing.all_of(600);
    tailing.want(&["/aws/lambda/audit-archive"], mins(10));
    tailing.pass(secs(10)).await;
    let report = tailing.report_of("/aws/lambda/audit-archive").expect("a report");
    assert!(matches!(report.status, TailStatus::Unreadable { .. }), "{report:?}");
}

#[tokio::test(start_paused = true)]
async fn a_denied_group_names_the_permission_and_others_go_on() {
    let mut tailing = Tailing::group(
        account(vec![flood(30, 600, 10, 0.0)], Faults::only(fault(Kind::AccessDenied, 0, 100_000))),
        FLOOD,
        mins(1),
    );
    tailing.pass(mins(3)).await;
    let TailStatus::Failed { failure, .. } = &tailing.report().status else {
        panic!("{:?}", tailing.report())
    };
    assert_eq!(failure.kind, FailureKind::AccessDenied { permission: "logs:FilterLogEvents".into() });
    assert!(tailing.feed.iter().any(|(_, report)| matches!(report, FeedReport::Degraded { .. })));
    assert!(tailing.endpoint.calls().of("logs:FilterLogEvents") < 6, "nobody hammers");
}

#[tokio::test(start_paused = true)]
async fn more_than_fifty_groups_are_not_read_at_once() {
    let names: Vec<String> = (0..60).map(|number| format!("/none/{number}")).collect();
    let mut tailing = Tailing::of(account(Vec::new(), Faults::default()));
    tailing.want(&names.iter().map(String::as_str).collect::<Vec<_>>(), mins(1));
    tailing.pass(mins(2)).await;
    let told: std::collections::BTreeSet<_> =
        tailing.reports.iter().map(|(_, report)| report.group.name.clone()).collect();
    assert_eq!(told.len(), 50);
}
