//! A node of a trace as X-Ray's JSON.

use serde_json::{Map, Value, json};

use super::{API, Node, Part, Place, ServiceName, Shape, Trace, layout, note};
use crate::demo::fleet::Fleet;
use crate::demo::fleet::invocation::{Call, Invocation, Service};
use crate::demo::fleet::log::script::{self, Facts};
use crate::demo::fleet::spec::{EventSource, FunctionSpec};

/// Where the fleet is said to live.
#[derive(Clone, Copy, Debug)]
pub struct Site<'a> {
    /// Account id, 12 digits.
    pub account: &'a str,
    /// Region, such as `eu-west-1`.
    pub region: &'a str,
}

/// A segment document.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    /// Its id, 16 hexadecimal digits.
    pub id: String,
    /// Its JSON.
    pub json: Value,
}

impl Fleet {
    /// The documents of a trace as they are known at a time (ms since the epoch): those that have arrived, in full or as
    /// in progress.
    #[must_use]
    pub fn documents(&self, trace: &Trace, site: Site, now: i64) -> Vec<Document> {
        let writer = Writer { trace, site, requests: self.requests_of(trace) };
        trace.known(now).filter_map(|index| writer.document(index, now)).collect()
    }

    /// All documents of a trace in full, each with the time at which it arrives, ms since the epoch.
    #[must_use]
    pub fn complete_documents(&self, trace: &Trace, site: Site) -> Vec<(Document, i64)> {
        let writer = Writer { trace, site, requests: self.requests_of(trace) };
        let arrivals =
            trace.nodes.iter().enumerate().filter_map(|(index, node)| Some((index, node.arrival?)));
        let document = |index| writer.document(index, i64::MAX);
        arrivals.filter_map(|(index, arrival)| Some((document(index)?, arrival.complete_ms))).collect()
    }

    /// The requests of a trace, each with its function.
    fn requests_of(&self, trace: &Trace) -> Vec<(&FunctionSpec, Invocation)> {
        let request = |place: &Place| Some((&self.specs[place.function], self.request_at(*place)?));
        trace.requests.iter().filter_map(request).collect()
    }
}

/// An id, as it is written.
fn hex(id: u64) -> String {
    format!("{id:016x}")
}

/// An instant, ms since the epoch, in seconds to the microsecond.
fn seconds(ms: f64) -> f64 {
    (ms * 1_000.0).round() / 1_000_000.0
}

struct Writer<'a> {
    trace: &'a Trace,
    site: Site<'a>,
    requests: Vec<(&'a FunctionSpec, Invocation)>,
}

impl Writer<'_> {
    fn document(&self, index: usize, now: i64) -> Option<Document> {
        let node = self.trace.nodes.get(index)?;
        let (spec, request) = self.requests.get(node.request)?;
        let complete = node.complete(now);
        let mut json = self.node(index, node, spec, request, complete);
        json.insert("trace_id".to_owned(), self.trace.id.clone().into());
        if let Some(parent) = node.parent {
            json.insert("parent_id".to_owned(), hex(self.trace.nodes[parent].id).into());
        }
        if matches!(node.part, Part::Call(_)) {
            json.insert("type".to_owned(), "subsegment".into());
        }
        Some(Document { id: hex(node.id), json: Value::Object(json) })
    }

    /// A node with everything that is part of its document.
    fn node(
        &self,
        index: usize,
        node: &Node,
        spec: &FunctionSpec,
        request: &Invocation,
        complete: bool,
    ) -> Map<String, Value> {
        let mut json = Map::new();
        let mut set = |name: &str, value: Value| {
            if !value.is_null() {
                json.insert(name.to_owned(), value);
            }
        };
        set("id", hex(node.id).into());
        set("name", self.name(node, spec, request).into());
        set("start_time", seconds(node.start_ms).into());
        match node.end_ms.filter(|_| complete) {
            Some(end_ms) => set("end_time", seconds(end_ms).into()),
            None => set("in_progress", true.into()),
        }
        let call = self.call(node, request);
        let inferred = matches!(node.part, Part::Inferred(_));
        // Of what is inferred, the origin says that a service of AWS is one.
        let namespace = call.map(namespace).filter(|name| !inferred || *name == "remote");
        set("namespace", namespace.or(integration(node.part)).into());
        set("origin", node.service.map(|service| service.kind).filter(|kind| *kind != "remote").into());
        if inferred {
            set("inferred", true.into());
        }
        set("aws", self.aws(node, spec, request, call));
        if complete {
            set("http", self.http(node, spec, request, call));
            for (name, flag) in [("error", node.error), ("fault", node.fault), ("throttle", node.throttle)] {
                set(name, if flag { true.into() } else { Value::Null });
            }
            set("cause", note::cause(node, spec, request, call).unwrap_or_default());
            set("annotations", note::annotations(node, spec, request));
            set("metadata", note::metadata(node, spec, request));
            set("subsegments", self.below(index, spec, request));
        }
        if node.part == Part::Service {
            set("resource_arn", self.function_arn(spec).into());
        }
        json
    }

    /// The subsegments in the same document.
    fn below(&self, index: usize, spec: &FunctionSpec, request: &Invocation) -> Value {
        let nodes = self.trace.nodes.iter().enumerate();
        let children = nodes.filter(|(_, node)| node.parent == Some(index) && node.arrival.is_none());
        let children: Vec<Value> = children
            .map(|(child, node)| Value::Object(self.node(child, node, spec, request, true)))
            .collect();
        if children.is_empty() { Value::Null } else { children.into() }
    }

    /// The call that a node stands for, or that a service was inferred from.
    fn call<'r>(&self, node: &Node, request: &'r Invocation) -> Option<&'r Call> {
        match node.part {
            Part::Call(call) => request.downstream.get(call),
            Part::Inferred(of) => self.call(self.trace.nodes.get(of)?, request),
            _ => None,
        }
    }

    fn name(&self, node: &Node, spec: &FunctionSpec, request: &Invocation) -> String {
        let old = Shape::of(spec) == Shape::Old;
        match node.part {
            Part::Stage => API.to_owned(),
            Part::Integration => "Lambda".to_owned(),
            Part::Service | Part::Function => spec.name.to_owned(),
            Part::Dwell => "Dwell Time".to_owned(),
            Part::Attempt(number) => format!("Attempt #{number}"),
            Part::Init if spec.snap_start => "Restore".to_owned(),
            Part::Init => if old { "Initialization" } else { "Init" }.to_owned(),
            Part::Invocation => "Invocation".to_owned(),
            Part::Overhead => "Overhead".to_owned(),
            Part::Handler => format!("## {}", spec.handler.unwrap_or("handler")),
            Part::Attempts(call) => request
                .downstream
                .get(call)
                .map(|call| format!("{} {}", call.operation, call.name))
                .unwrap_or_default(),
            Part::Call(_) | Part::Inferred(_) => {
                self.call(node, request).map(called).unwrap_or_default().to_owned()
            }
        }
    }

    fn function_arn(&self, spec: &FunctionSpec) -> String {
        format!("arn:aws:lambda:{}:{}:function:{}", self.site.region, self.site.account, spec.name)
    }

    /// The block `aws`.
    fn aws(&self, node: &Node, spec: &FunctionSpec, request: &Invocation, call: Option<&Call>) -> Value {
        let Site { account, region } = self.site;
        match node.part {
            Part::Stage => json!({
                "account_id": account,
                "api_gateway": {
                    "account_id": account, "rest_api_id": REST_API, "stage": "prod",
                    "request_id": layout::draw(request).about(API_REQUEST).uuid(),
                },
            }),
            Part::Integration => json!({
                "function_name": spec.name, "region": region, "operation": "Invoke", "resource_names": [spec.name],
                "request_id": request.request_id,
            }),
            Part::Service => json!({"request_id": request.request_id}),
            Part::Function => {
                let version = spec.alias.map(|alias| format!(":{alias}")).unwrap_or_default();
                json!({
                    "account_id": account, "function_arn": format!("{}{version}", self.function_arn(spec)),
                    "resource_names": [spec.name],
                })
            }
            Part::Call(index) => call.map_or(Value::Null, |call| self.called_aws(request, index, call)),
            Part::Inferred(of) => match self.trace.nodes.get(of).map(|node| node.part) {
                Some(Part::Call(index)) => {
                    call.map_or(Value::Null, |call| self.called_aws(request, index, call))
                }
                _ => Value::Null,
            },
            _ => Value::Null,
        }
    }

    /// The block `aws` of a call to an AWS service.
    fn called_aws(&self, request: &Invocation, index: usize, call: &Call) -> Value {
        let Site { account, region } = self.site;
        if call.service == Service::Http {
            return Value::Null;
        }
        let id = layout::draw(request).about(CALL_REQUEST).about(index as u64).uuid();
        let mut aws = json!({
            "operation": call.operation, "region": region, "request_id": call.request_id.clone().unwrap_or(id),
            "retries": 0,
        });
        let (member, resource) = match call.service {
            Service::DynamoDb => ("table_name", call.name.to_owned()),
            Service::Sqs => {
                ("queue_url", format!("https://sqs.{region}.amazonaws.com/{account}/{}", call.name))
            }
            Service::Sns => ("topic_arn", format!("arn:aws:sns:{region}:{account}:{}", call.name)),
            Service::S3 => ("bucket_name", call.name.to_owned()),
            Service::Lambda => ("function_name", call.name.to_owned()),
            Service::Events => ("event_bus_name", call.name.to_owned()),
            Service::SecretsManager => ("secret_id", call.name.to_owned()),
            Service::Ses | Service::Http => return aws,
        };
        aws["resource_names"] = json!([call.name]);
        aws[member] = resource.into();
        aws
    }

    /// The block `http`.
    fn http(&self, node: &Node, spec: &FunctionSpec, request: &Invocation, call: Option<&Call>) -> Value {
        let status = node.status;
        let mut http = match (node.part, call) {
            (Part::Stage, _) => json!({"request": self.asked(spec, request)}),
            (Part::Service, _) if spec.source == EventSource::Url => {
                json!({"request": self.asked(spec, request)})
            }
            (Part::Integration, _) => {
                let region = self.site.region;
                let arn = self.function_arn(spec);
                json!({"request": {
                    "method": "POST",
                    "url": format!("https://lambda.{region}.amazonaws.com/2015-03-31/functions/{arn}/invocations"),
                }})
            }
            (_, Some(Call { service: Service::Http, name, operation, .. })) => {
                let (method, path) = operation.split_once(' ').unwrap_or(("GET", operation));
                json!({"request": {"method": method, "url": format!("https://{name}{path}")}})
            }
            (_, Some(_)) | (Part::Service | Part::Attempt(_), None) => json!({}),
            _ => return Value::Null,
        };
        if let Some(status) = status {
            http["response"] = json!({"status": status});
            if matches!(node.part, Part::Stage) || call.is_some_and(|call| call.service == Service::Http) {
                http["response"]["content_length"] = (60 + request.billed_ms % 4_000).into();
            }
        }
        http
    }

    /// The request of a client.
    fn asked(&self, spec: &FunctionSpec, request: &Invocation) -> Value {
        let facts = Facts::of(request);
        let asked = Asked::of(spec, facts);
        let host = match spec.source {
            EventSource::Url => format!("{}.lambda-url.{}.on.aws", URL_ID, self.site.region),
            _ => format!("{REST_API}.execute-api.{}.amazonaws.com/prod", self.site.region),
        };
        json!({
            "method": asked.method, "url": format!("https://{host}{}", asked.path),
            "client_ip": format!("203.0.113.{}", facts.user() % 254 + 1), "user_agent": USER_AGENT,
        })
    }
}

/// What a client asked for.
struct Asked {
    method: &'static str,
    path: String,
}

impl Asked {
    fn of(spec: &FunctionSpec, facts: Facts) -> Self {
        let script = script::of(spec.name);
        let first = script.opening.split(' ').next().unwrap_or_default();
        let method = ["GET", "PUT", "POST"].into_iter().find(|method| *method == first);
        let usual = if spec.name.starts_with("search") { "GET" } else { "POST" };
        Self { method: method.unwrap_or(usual), path: facts.fill(script.path).replace(' ', "+") }
    }
}

/// Whether a service that is called belongs to AWS.
const fn namespace(call: &Call) -> &'static str {
    if matches!(call.service, Service::Http) { "remote" } else { "aws" }
}

const fn integration(part: Part) -> Option<&'static str> {
    if matches!(part, Part::Integration) { Some("aws") } else { None }
}

/// The name of a call: of a service of AWS the service's, else the host's.
fn called(call: &Call) -> &'static str {
    match call.service {
        Service::DynamoDb => "DynamoDB",
        Service::Sqs => "SQS",
        Service::Sns => "SNS",
        Service::S3 => "S3",
        Service::Ses => "SES",
        Service::Events => "EventBridge",
        Service::SecretsManager => "Secrets Manager",
        Service::Lambda => "Lambda",
        Service::Http => call.name,
    }
}

/// The service that is inferred from a call.
pub(super) const fn service_of(call: &Call) -> ServiceName {
    let (kind, name) = match call.service {
        Service::DynamoDb => ("AWS::DynamoDB::Table", call.name),
        Service::Sqs => ("AWS::SQS::Queue", call.name),
        Service::Sns => ("AWS::SNS", call.name),
        Service::S3 => ("AWS::S3::Bucket", call.name),
        Service::Ses => ("AWS::SES", "SES"),
        Service::Events => ("AWS::Events", call.name),
        Service::SecretsManager => ("AWS::SecretsManager", "Secrets Manager"),
        Service::Lambda => ("AWS::Lambda", call.name),
        Service::Http => ("remote", call.name),
    };
    ServiceName { name, kind }
}

/// Id of the API.
pub(super) const REST_API: &str = "k3shop7api";
/// Id of a function's URL.
const URL_ID: &str = "q7shopwebhookurl4example";
const USER_AGENT: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

/// Keep the draws of a document apart.
const API_REQUEST: u64 = 0x58_11;
const CALL_REQUEST: u64 = 0x58_12;
