//! The root cause of a trace: of the ones that X-Ray found, the one that tells most.

use std::sync::Arc;

use aws_sdk_xray::types as sdk;

use crate::model::{ServiceName, TraceCause, TraceCauseOf};

/// Where a way through services ends.
struct End<'a> {
    service: Option<&'a str>,
    kind: Option<&'a str>,
    /// The last piece of work.
    entity: Option<&'a str>,
    /// The last exception on the way.
    thrown: Option<&'a sdk::RootCauseException>,
}

/// Where a way ends, of a fault or of an error: the SDK has types of their own for the same members.
macro_rules! end {
    ($cause:expr) => {{
        let services = $cause.services();
        services.last().map(|last| End {
            service: last.name(),
            kind: last.r#type(),
            entity: last.entity_path().last().and_then(|step| step.name()),
            thrown: services
                .iter()
                .rev()
                .flat_map(|one| one.entity_path().iter().rev())
                .find_map(|step| step.exceptions().first()),
        })
    }};
}

/// The root cause of the fault, else of the error, else of the time that it took.
pub(super) fn of(summary: &sdk::TraceSummary) -> Option<TraceCause> {
    let faults =
        summary.fault_root_causes().iter().filter_map(|cause| end!(cause)?.cause(TraceCauseOf::Fault));
    let errors =
        summary.error_root_causes().iter().filter_map(|cause| end!(cause)?.cause(TraceCauseOf::Error));
    let delays = summary.response_time_root_causes().iter().filter_map(|cause| {
        let last = cause.services().last()?;
        let step = last.entity_path().last()?;
        let end = End { service: last.name(), kind: last.r#type(), entity: step.name(), thrown: None };
        end.cause(TraceCauseOf::ResponseTime(step.coverage()?.clamp(0.0, 1.0)))
    });
    let failures: Vec<TraceCause> = faults.chain(errors).collect();
    let telling = failures.iter().position(|cause| cause.exception.is_some());
    let mut failures = failures.into_iter();
    telling.and_then(|at| failures.nth(at)).or_else(|| failures.next()).or_else(|| delays.max_by(share))
}

/// Of two delays the one that is more of the time.
fn share(one: &TraceCause, two: &TraceCause) -> std::cmp::Ordering {
    let share = |cause: &TraceCause| match cause.of {
        TraceCauseOf::ResponseTime(share) => share,
        _ => 0.0,
    };
    share(one).total_cmp(&share(two))
}

impl End<'_> {
    fn cause(self, of: TraceCauseOf) -> Option<TraceCause> {
        let text = |text: Option<&str>| text.filter(|text| !text.is_empty()).map(Arc::<str>::from);
        let name = text(self.service)?;
        Some(TraceCause {
            of,
            entity: text(self.entity).filter(|entity| *entity != name),
            service: ServiceName { name, kind: text(self.kind) },
            exception: text(self.thrown.and_then(|thrown| thrown.name())),
            message: text(self.thrown.and_then(|thrown| thrown.message())),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(service: &str, exception: Option<&str>) -> sdk::FaultRootCause {
        let thrown = exception.map(|name| sdk::RootCauseException::builder().name(name).build());
        let entity = sdk::FaultRootCauseEntity::builder()
            .name("Invocation")
            .set_exceptions(thrown.map(|one| vec![one]));
        let last = sdk::FaultRootCauseService::builder()
            .name(service)
            .r#type("AWS::Lambda::Function")
            .entity_path(entity.build());
        let first = sdk::FaultRootCauseService::builder().name("shop-gateway");
        sdk::FaultRootCause::builder().services(first.build()).services(last.build()).build()
    }

    #[test]
    fn the_end_of_the_way_that_has_an_exception_is_the_cause() {
        let summary = sdk::TraceSummary::builder()
            .fault_root_causes(fault("checkout-api", None))
            .fault_root_causes(fault("payment-capture", Some("Timeout")))
            .build();
        let cause = of(&summary).unwrap();
        assert_eq!((cause.of, &*cause.service.name), (TraceCauseOf::Fault, "payment-capture"));
        assert_eq!(
            (cause.entity.as_deref(), cause.exception.as_deref()),
            (Some("Invocation"), Some("Timeout"))
        );
    }

    #[test]
    fn without_a_failure_the_cause_is_that_of_the_time() {
        let delay = |name: &str, coverage: f64| {
            let entity = sdk::ResponseTimeRootCauseEntity::builder().name(name).coverage(coverage);
            let service =
                sdk::ResponseTimeRootCauseService::builder().name(name).entity_path(entity.build()).build();
            sdk::ResponseTimeRootCause::builder().services(service).build()
        };
        let summary = sdk::TraceSummary::builder()
            .response_time_root_causes(delay("cart-api", 0.2))
            .response_time_root_causes(delay("carts", 0.7))
            .build();
        let cause = of(&summary).unwrap();
        assert_eq!((cause.of, &*cause.service.name), (TraceCauseOf::ResponseTime(0.7), "carts"));
        assert_eq!(cause.entity, None, "it has the name of its service");
        assert_eq!(of(&sdk::TraceSummary::builder().build()), None);
    }
}
