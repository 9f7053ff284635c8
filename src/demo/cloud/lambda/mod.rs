//! Lambda's control plane, as far as it only reads.
//! Source: <https://docs.aws.amazon.com/lambda/latest/api/API_Operations.html>.

mod configuration;

pub(super) use configuration::uuid;

use http::Method;

use super::account::{Account, Which};
use super::paging::{Token, page, request_digest};
use super::protocol::form::percent_decode;
use super::protocol::value::Value;
use super::refusal::Refusal;

/// Most functions in one page of `ListFunctions`.
const FUNCTIONS_PER_PAGE: usize = 50;

/// Finds the operation that a path belongs to, and adds the parts of the path to its input.
pub(super) fn route(
    method: &Method,
    path: &str,
    mut parameters: Vec<(String, Value)>,
) -> Option<(&'static str, Value)> {
    if *method != Method::GET {
        return None;
    }
    let parts: Vec<&str> = path.trim_start_matches('/').trim_end_matches('/').split('/').collect();
    let (operation, label) = match parts.as_slice() {
        ["2015-03-31", "functions"] => ("ListFunctions", None),
        ["2015-03-31", "functions", name, "configuration"] => {
            ("GetFunctionConfiguration", Some(("FunctionName", *name)))
        }
        ["2015-03-31", "functions", name, "aliases"] => ("ListAliases", Some(("FunctionName", *name))),
        ["2019-09-30", "functions", name, "concurrency"] => {
            ("GetFunctionConcurrency", Some(("FunctionName", *name)))
        }
        ["2019-09-30", "functions", name, "provisioned-concurrency"]
            if parameters.iter().any(|(name, value)| name == "List" && value.as_text() == Some("ALL")) =>
        {
            ("ListProvisionedConcurrencyConfigs", Some(("FunctionName", *name)))
        }
        ["2016-08-19", "account-settings"] => ("GetAccountSettings", None),
        ["2017-03-31", "tags", arn] => ("ListTags", Some(("Resource", *arn))),
        _ => return None,
    };
    if let Some((name, text)) = label {
        parameters.push((name.to_owned(), Value::Text(percent_decode(text))));
    }
    Some((operation, Value::Map(parameters)))
}

/// Runs an operation of Lambda.
pub(super) fn run(account: &Account, operation: &str, input: &Value, now: i64) -> Result<Value, Refusal> {
    match operation {
        "ListFunctions" => list_functions(account, input, now),
        "GetFunctionConfiguration" => {
            let target = Target::named(account, input, now)?;
            Ok(configuration::full(account, &target, now))
        }
        "GetFunctionConcurrency" => {
            let target = Target::named(account, input, now)?;
            let reserved = match target.which {
                Which::Fleet(index) => account.fleet.functions()[index].reserved,
                Which::Idle(_) => None,
            };
            Ok(Value::structure().with("ReservedConcurrentExecutions", reserved))
        }
        "ListProvisionedConcurrencyConfigs" => list_provisioned(account, input, now),
        "GetAccountSettings" => Ok(account_settings(account, now)),
        "ListAliases" => list_aliases(account, input, now),
        "ListTags" => list_tags(account, input),
        _ => Err(Refusal::unknown_operation(operation)),
    }
}

/// A function that a request names, in any of the forms that Lambda takes.
struct Target {
    which: Which,
    name: String,
    qualifier: Option<String>,
}

impl Target {
    /// The function of `FunctionName` and `Qualifier`.
    fn named(account: &Account, input: &Value, now: i64) -> Result<Self, Refusal> {
        let asked = input.text("FunctionName").unwrap_or_default();
        let (name, in_name) = split_name(asked);
        let qualifier = input.text("Qualifier").or(in_name).map(str::to_owned);
        let not_found = || {
            let full = qualifier.as_ref().map_or_else(|| name.to_owned(), |q| format!("{name}:{q}"));
            Refusal::not_found(format!("Function not found: {}", account.arn(&full)))
        };
        let which = account.find(name).ok_or_else(not_found)?;
        let target = Self { which, name: name.to_owned(), qualifier: qualifier.clone() };
        if target.version(account, now).is_none() { Err(not_found()) } else { Ok(target) }
    }

    /// The version that the qualifier leads to; `None` if there is no such qualifier.
    fn version(&self, account: &Account, now: i64) -> Option<String> {
        let Some(qualifier) = self.qualifier.as_deref().filter(|&q| q != "$LATEST") else {
            return Some("$LATEST".to_owned());
        };
        let Which::Fleet(index) = self.which else { return None };
        let published = account.deploy(index, now).version;
        if aliases(account, index).contains(&qualifier) {
            return Some(published.to_string());
        }
        qualifier.parse().ok().filter(|number| (1..=published).contains(number)).map(|_| qualifier.to_owned())
    }
}

/// Splits `name`, `name:qualifier`, `123456789012:function:name` or an ARN into name and qualifier.
fn split_name(asked: &str) -> (&str, Option<&str>) {
    let name = asked.rsplit_once("function:").map_or(asked, |(_, name)| name);
    match name.split_once(':') {
        Some((name, qualifier)) => (name, Some(qualifier)),
        None => (name, None),
    }
}

/// The aliases of a function of the fleet.
fn aliases(account: &Account, index: usize) -> Vec<&'static str> {
    let spec = &account.fleet.functions()[index];
    let mut aliases: Vec<_> = spec.alias.into_iter().chain(spec.provisioned.map(|p| p.alias)).collect();
    aliases.dedup();
    aliases
}

fn list_functions(account: &Account, input: &Value, now: i64) -> Result<Value, Refusal> {
    let size = page_size(input, "MaxItems", 10_000, FUNCTIONS_PER_PAGE)?;
    let versions = match input.text("FunctionVersion") {
        None => false,
        Some("ALL") => true,
        Some(other) => {
            return Err(constraint(other, "functionVersion", "Member must satisfy enum value set: [ALL]"));
        }
    };
    let digest = request_digest("ListFunctions", input);
    let offset = marker(input, digest)?;
    let entries: Vec<(usize, Option<u32>)> = (0..account.size())
        .flat_map(|place| {
            let published = match account.at(place) {
                Which::Fleet(index) if versions => account.deploy(index, now).version,
                _ => 0,
            };
            // Lambda keeps every version; the last few are enough to show that they are no functions.
            let kept = published.saturating_sub(2).max(1)..=published;
            std::iter::once((place, None)).chain(kept.map(move |version| (place, Some(version))))
        })
        .collect();
    let (entries, next) = page(&entries, offset, size);
    let functions: Vec<Value> = entries
        .iter()
        .map(|&(place, version)| {
            let which = account.at(place);
            let qualifier = version.map(|number| number.to_string());
            let target = Target { which, name: account.name(which), qualifier };
            configuration::listed(account, &target, versions, now)
        })
        .collect();
    Ok(Value::structure().with("Functions", functions).with("NextMarker", next_marker(next, digest, now)))
}

fn list_provisioned(account: &Account, input: &Value, now: i64) -> Result<Value, Refusal> {
    let target = Target::named(account, input, now)?;
    let size = page_size(input, "MaxItems", 50, 50)?;
    let digest = request_digest("ListProvisionedConcurrencyConfigs", input);
    let offset = marker(input, digest)?;
    let configs: Vec<Value> = match target.which {
        Which::Fleet(index) => account.fleet.functions()[index]
            .provisioned
            .into_iter()
            .map(|provisioned| {
                let environments = provisioned.environments;
                let deployed = account.deploy(index, now).at_ms;
                Value::structure()
                    .with("FunctionArn", account.arn(&format!("{}:{}", target.name, provisioned.alias)))
                    .with("RequestedProvisionedConcurrentExecutions", environments)
                    .with("AvailableProvisionedConcurrentExecutions", environments)
                    .with("AllocatedProvisionedConcurrentExecutions", environments)
                    .with("Status", "READY")
                    .with("LastModified", super::calendar::lambda(deployed))
            })
            .collect(),
        Which::Idle(_) => Vec::new(),
    };
    let (configs, next) = page(&configs, offset, size);
    Ok(Value::structure()
        .with("ProvisionedConcurrencyConfigs", configs.to_vec())
        .with("NextMarker", next_marker(next, digest, now)))
}

fn list_aliases(account: &Account, input: &Value, now: i64) -> Result<Value, Refusal> {
    let target = Target::named(account, input, now)?;
    let size = page_size(input, "MaxItems", 10_000, 50)?;
    let digest = request_digest("ListAliases", input);
    let offset = marker(input, digest)?;
    let mut found = Vec::new();
    if let Which::Fleet(index) = target.which {
        let version = account.deploy(index, now).version.to_string();
        if input.text("FunctionVersion").is_none_or(|asked| asked == version) {
            found = aliases(account, index)
                .into_iter()
                .map(|alias| {
                    let qualified = format!("{}:{alias}", target.name);
                    Value::structure()
                        .with("AliasArn", account.arn(&qualified))
                        .with("Name", alias)
                        .with("FunctionVersion", version.as_str())
                        .with("Description", "")
                        .with("RevisionId", configuration::revision(&qualified, &version))
                })
                .collect();
        }
    }
    let (found, next) = page(&found, offset, size);
    Ok(Value::structure().with("Aliases", found.to_vec()).with("NextMarker", next_marker(next, digest, now)))
}

fn list_tags(account: &Account, input: &Value) -> Result<Value, Refusal> {
    let arn = input.text("Resource").unwrap_or_default();
    let (name, qualifier) = split_name(arn);
    if !arn.starts_with("arn:aws:lambda:") || qualifier.is_some() {
        return Err(Refusal::parameter(format!("{arn} is not a resource that can be tagged")));
    }
    let which = account.find(name).filter(|_| arn == account.arn(name));
    let which = which.ok_or_else(|| Refusal::not_found(format!("Function not found: {arn}")))?;
    let tags = match which {
        Which::Fleet(index) => {
            let tags = account.fleet.functions()[index].tags();
            tags.iter().map(|(key, value)| ((*key).to_owned(), Value::from(*value))).collect()
        }
        Which::Idle(_) => Vec::new(),
    };
    Ok(Value::structure().with("Tags", Value::Map(tags)))
}

fn account_settings(account: &Account, now: i64) -> Value {
    let code: u64 = (0..account.fleet_size()).map(|index| account.deploy(index, now).code_size).sum();
    Value::structure()
        .with(
            "AccountLimit",
            Value::structure()
                .with("TotalCodeSize", 80_530_636_800_i64)
                .with("CodeSizeUnzipped", 262_144_000_i64)
                .with("CodeSizeZipped", 52_428_800_i64)
                .with("ConcurrentExecutions", account.fleet.account_concurrency_limit())
                .with("UnreservedConcurrentExecutions", account.fleet.unreserved_concurrency_limit()),
        )
        .with(
            "AccountUsage",
            Value::structure().with("TotalCodeSize", code).with("FunctionCount", account.size()),
        )
}

/// The page size asked for, from 1 to `most`, cut to what one page may hold.
fn page_size(input: &Value, name: &str, most: i64, per_page: usize) -> Result<usize, Refusal> {
    let Some(asked) = input.get(name) else { return Ok(per_page) };
    let member = "maxItems";
    match asked.as_integer() {
        Some(number) if number < 1 => {
            Err(constraint(&number.to_string(), member, "Member must have value greater than or equal to 1"))
        }
        Some(number) if number > most => {
            let rule = format!("Member must have value less than or equal to {most}");
            Err(constraint(&number.to_string(), member, &rule))
        }
        Some(number) => Ok((number as usize).min(per_page)),
        None => Err(constraint(asked.as_text().unwrap_or_default(), member, "Member must be a number")),
    }
}

/// Lambda's words for a value that breaks a rule of its model.
fn constraint(value: &str, member: &str, rule: &str) -> Refusal {
    let text = format!(
        "1 validation error detected: Value '{value}' at '{member}' failed to satisfy constraint: {rule}"
    );
    Refusal::new(400, "ValidationException", text)
}

fn marker(input: &Value, digest: u64) -> Result<usize, Refusal> {
    match input.text("Marker").filter(|text| !text.is_empty()) {
        None => Ok(0),
        Some(text) => Token::decode(text, digest).map(|token| token.offset).ok_or_else(|| {
            Refusal::parameter("Invalid Marker provided: the marker does not belong to this request")
        }),
    }
}

fn next_marker(next: Option<usize>, digest: u64, now: i64) -> Option<String> {
    next.map(|offset| Token { offset, at: now, request: digest }.encode())
}
