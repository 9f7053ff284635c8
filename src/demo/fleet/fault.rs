//! How a request can end, in one byte, and the words that go with it.

use super::draw::Draw;
use super::invocation::Outcome;
use super::spec::FunctionSpec;

/// How a request ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Fault {
    /// It did not fail.
    None,
    /// The issuer of a card said no.
    CardDeclined,
    /// The ledger's table throttled every attempt.
    LedgerThrottled,
    /// A checkout whose payment failed.
    PaymentFailed,
    /// A checkout that fell over the failed payment and took its process with it.
    PaymentCrash,
    /// The stock table throttled every attempt.
    StockThrottled,
    /// A payload that the code does not understand.
    BadPayload,
    /// The mail service refused.
    MailRefused,
    /// A picture that is none.
    BadPicture,
    /// A partner's server failed.
    Partner,
    /// An everyday mistake in the code.
    CodeError,
    /// Cut off at the timeout.
    Timeout,
    /// Killed for its memory.
    OutOfMemory,
    /// The environment did not come up.
    InitError,
    /// The runtime crashed.
    RuntimeExit,
    /// Refused for want of concurrency.
    Throttled,
}

impl Fault {
    /// What goes wrong with a function on an ordinary day.
    pub(super) fn ordinary(spec: &FunctionSpec) -> Self {
        match spec.name {
            "payment-capture" => Self::CardDeclined,
            "webhook-ingest" => Self::BadPayload,
            "email-sender" => Self::MailRefused,
            "image-resize" => Self::BadPicture,
            "invoice-pdf" => Self::RuntimeExit,
            "supplier-feed" => Self::Timeout,
            "shipping-label" | "shipping-rates" | "carrier-tracking" | "search-query" => Self::Partner,
            _ => Self::CodeError,
        }
    }

    /// Whether CloudWatch counts it in `Errors`.
    pub(super) const fn is_error(self) -> bool {
        !matches!(self, Self::None | Self::Throttled)
    }

    /// Whether the environment is lost: the next request there finds a new one.
    pub(super) const fn ends_environment(self) -> bool {
        matches!(
            self,
            Self::Timeout | Self::OutOfMemory | Self::InitError | Self::RuntimeExit | Self::PaymentCrash
        )
    }

    /// The outcome, with words made from the request's own draw.
    pub(super) fn outcome(self, spec: &FunctionSpec, draw: Draw) -> Outcome {
        let handled = |error_type, message| Outcome::HandledError { error_type, message };
        let unhandled = |error_type, message| Outcome::Unhandled { error_type, message };
        let number = draw.about(WORDS).below(9_000) + 1_000;
        match self {
            Self::None => Outcome::Ok,
            Self::CardDeclined => handled("CardDeclined", format!("issuer said {}", 50 + number % 9)),
            Self::LedgerThrottled => unhandled(
                "ProvisionedThroughputExceededException",
                "The level of configured provisioned throughput for the table payment-ledger was exceeded"
                    .into(),
            ),
            Self::PaymentFailed => {
                handled("PaymentFailed", format!("payment of order 4{number} failed: 502"))
            }
            Self::StockThrottled => unhandled(
                "ProvisionedThroughputExceededException",
                "The level of configured provisioned throughput for the table stock-levels was exceeded"
                    .into(),
            ),
            Self::BadPayload => {
                unhandled("KeyError", format!("key not found: \"settled_at\" in event evt_{number}"))
            }
            Self::MailRefused => {
                handled("ThrottlingException", format!("Maximum sending rate exceeded, message {number}"))
            }
            Self::BadPicture => unhandled(
                "UnidentifiedImageError",
                format!("cannot identify image file '/tmp/upload-{number}'"),
            ),
            Self::Partner => unhandled("PartnerUnavailable", "503 Service Unavailable".into()),
            Self::CodeError => match spec.runtime {
                Some(runtime) if runtime.starts_with("nodejs") => unhandled(
                    "TypeError",
                    format!("Cannot read properties of undefined (reading 'items'), order 4{number}"),
                ),
                Some(runtime) if runtime.starts_with("java") => {
                    unhandled("java.lang.NullPointerException", format!("price list {number} is null"))
                }
                Some(runtime) if runtime.starts_with("dotnet") => unhandled(
                    "KeyNotFoundException",
                    format!("The given key 'sku-{number}' was not present in the dictionary."),
                ),
                _ => unhandled("KeyError", format!("'sku-{number}'")),
            },
            Self::Timeout => Outcome::Timeout,
            Self::OutOfMemory => Outcome::OutOfMemory,
            Self::InitError => Outcome::InitError {
                error_type: "Runtime.ImportModuleError",
                message: "Unable to import module 'app': No module named 'sentencepiece'".into(),
            },
            Self::RuntimeExit => Outcome::RuntimeExit { reason: "signal: segmentation fault" },
            Self::PaymentCrash => Outcome::RuntimeExit { reason: "exit status 1" },
            Self::Throttled => Outcome::Throttled,
        }
    }
}

/// Sets the draw of an outcome's words apart from the request's other draws.
const WORDS: u64 = 0x57_4F_52_44;
