//! What each function talks about, and the facts that it fills in.

use super::{Draw, Invocation};

/// What a function says in a request that goes well. `{order}` and the like are filled in by [`Facts::fill`].
#[derive(Clone, Copy, Debug)]
pub(in crate::demo::fleet) struct Script {
    /// The function.
    pub function: &'static str,
    /// Path of its requests, or what its events are about.
    pub path: &'static str,
    /// Its first line.
    pub opening: &'static str,
    /// Its last line.
    pub closing: &'static str,
}

const fn script(
    function: &'static str,
    path: &'static str,
    opening: &'static str,
    closing: &'static str,
) -> Script {
    Script { function, path, opening, closing }
}

/// The script of a function; a plain one for a function without.
pub(in crate::demo::fleet) fn of(function: &str) -> Script {
    SCRIPTS.iter().copied().find(|script| script.function == function).unwrap_or(Script {
        function: "",
        path: "/",
        opening: "event received",
        closing: "event handled",
    })
}

const SCRIPTS: &[Script] = &[
    script(
        "catalog-read",
        "/api/products/{sku}",
        "GET /api/products/{sku} user={user}",
        "{sku} in stock={items} price={price} {currency}",
    ),
    script(
        "cart-api",
        "/api/carts/{user}",
        "PUT /api/carts/{user} sku={sku} quantity={items}",
        "cart of user {user}: {items} items, {amount} {currency}",
    ),
    script(
        "checkout-api",
        "/api/checkout",
        "checkout of user {user}: {items} items, {amount} {currency}",
        "order {order} placed, total {amount} {currency}",
    ),
    script(
        "auth-token",
        "/oauth/token",
        "token requested, grant {grant}",
        "token issued for user {user}, expires in 3600 s",
    ),
    script(
        "session-refresh",
        "/session",
        "session of user {user} to be prolonged",
        "session prolonged by 1800 s",
    ),
    script(
        "search-query",
        "/api/search?q={word}",
        "search '{word}' page {page} user={user}",
        "search '{word}': {hits} hits",
    ),
    script("search-suggest", "/api/suggest?q={word}", "suggest '{word}'", "{items} suggestions for '{word}'"),
    script(
        "recommendations",
        "/api/recommendations/{user}",
        "model 2026-02-27 loaded from cache",
        "{items} recommendations for user {user}, best {sku}",
    ),
    script(
        "price-quote",
        "/api/quotes/{sku}",
        "quote for {sku} in {country}, {items} pieces",
        "quote {sku}: {price} {currency}, discount {stars} %",
    ),
    script(
        "wishlist-api",
        "/api/wishlists/{user}",
        "GET /api/wishlists/{user}",
        "wish list of user {user}: {items} entries",
    ),
    script(
        "review-submit",
        "/api/reviews",
        "review of {sku} by user {user}, {stars} stars",
        "review of {sku} sent to moderation",
    ),
    script(
        "geo-lookup",
        "/edge/geo",
        "lookup 203.0.113.{octet}",
        "203.0.113.{octet} is {country}, currency {currency}",
    ),
    script(
        "image-resize",
        "uploads/{sku}.jpg",
        "s3://shop-uploads/{sku}.jpg, {kilobytes} KB",
        "{sku}: 4 sizes written",
    ),
    script("feedback-form", "/feedback", "feedback about /products/{sku}", "feedback queued, thank you sent"),
    script(
        "payment-capture",
        "/internal/capture",
        "capture {amount} {currency} for order {order}",
        "payment pay_{reference} of order {order} booked: {amount} {currency}",
    ),
    script(
        "refund-flow",
        "/internal/refund",
        "refund of {amount} {currency} asked for order {order}",
        "refund rf_{reference} of order {order} is {progress}",
    ),
    script(
        "fraud-score",
        "/internal/score",
        "score order {order}, {amount} {currency}, {country}",
        "order {order} scored 0.{percent}",
    ),
    script(
        "invoice-pdf",
        "invoices/{order}.pdf",
        "invoice for order {order}, {items} lines",
        "invoice {order}.pdf written, {kilobytes} KB",
    ),
    script(
        "tax-rules",
        "/internal/tax/{country}",
        "tax for {country}, {items} lines",
        "tax of order {order} in {country}: {amount} {currency}",
    ),
    script(
        "webhook-ingest",
        "/hooks/provider",
        "event evt_{reference} of type payment.settled",
        "evt_{reference} queued",
    ),
    script(
        "settlement-daily",
        "settlements/daily",
        "closing the books of yesterday",
        "books closed, {hits} payments, {amount} {currency} open",
    ),
    script(
        "order-events",
        "orders",
        "batch of {items} records",
        "{items} order events published, last order {order}",
    ),
    script(
        "order-status",
        "/api/orders/{order}",
        "GET /api/orders/{order} user={user}",
        "order {order} is {step}",
    ),
    script(
        "stock-sync",
        "stock",
        "batch of {hits} stock movements",
        "{hits} movements applied, {sku} now {items}",
    ),
    script(
        "inventory-reserve",
        "/internal/reserve",
        "reserve {items} x {sku} for order {order}",
        "reserved {items} x {sku}, warehouse {country}",
    ),
    script(
        "shipping-label",
        "labels",
        "label for order {order} with {carrier}",
        "label {reference} bought, {price} {currency}",
    ),
    script(
        "shipping-rates",
        "/api/rates",
        "rates to {country}, {grams} g",
        "{items} offers, best {carrier} {price} {currency}",
    ),
    script(
        "carrier-tracking",
        "parcels",
        "tracking {items} parcels of {carrier}",
        "parcel {reference} is {stage}",
    ),
    script(
        "warehouse-pick",
        "/internal/pick",
        "pick list for order {order}",
        "pick list of {items} lines queued",
    ),
    script(
        "returns-intake",
        "/api/returns",
        "return of {sku} from order {order}",
        "return {reference} announced by user {user}",
    ),
    script(
        "supplier-feed",
        "feeds/{country}",
        "reading feed of supplier {octet}",
        "feed of supplier {octet}: {hits} items, {items} new",
    ),
    script("stock-alerts", "alerts", "{sku} below {items}", "buyers told about {sku}"),
    script(
        "email-sender",
        "mails",
        "mail 'order {order} is {step}' to user {user}",
        "mail sent, id {reference}",
    ),
    script("push-notify", "push", "push to user {user}", "push delivered to {stars} devices"),
    script(
        "label-translate",
        "texts/{sku}",
        "translating texts of {sku} to {country}",
        "{items} texts of {sku} translated",
    ),
    script("clickstream-sink", "clicks", "batch of {hits} clicks", "{hits} clicks written, {kilobytes} KB"),
    script(
        "audit-archive",
        "audit",
        "batch of {items} audit records",
        "{items} audit records archived, {kilobytes} KB",
    ),
    script(
        "report-nightly",
        "reports/nightly",
        "report of yesterday, {hits} partitions",
        "report written, {kilobytes} KB",
    ),
    script("cache-warmer", "/", "warming {items} pages", "{items} pages warm"),
    script("config-audit", "config", "checking {hits} settings", "{stars} findings"),
];

/// The facts of one request; a request that another function made is about the same order.
#[derive(Clone, Copy, Debug)]
pub(in crate::demo::fleet) struct Facts {
    draw: Draw,
}

const WORDS: [&str; 8] =
    ["lamp", "wool socks", "teapot", "rain jacket", "desk chair", "rucksack", "board game", "olive oil"];
const COUNTRIES: [(&str, &str); 8] = [
    ("DE", "EUR"),
    ("FR", "EUR"),
    ("NL", "EUR"),
    ("AT", "EUR"),
    ("GB", "GBP"),
    ("SE", "SEK"),
    ("CH", "CHF"),
    ("US", "USD"),
];
const STEPS: [&str; 5] = ["accepted", "paid", "packed", "on its way", "delivered"];
const CARRIERS: [&str; 4] = ["Parcel One", "Northline", "Kurier Blau", "Sparrow"];

impl Facts {
    /// The facts of a request.
    pub(in crate::demo::fleet) fn of(request: &Invocation) -> Self {
        let root = request.caller.as_ref().map_or(&request.request_id, |caller| &caller.request_id);
        Self { draw: Draw::new(FACTS).about_name(root) }
    }

    fn number(self, what: u64, from: u64, below: u64) -> u64 {
        from + self.draw.about(what).below(below - from)
    }

    /// Id of the customer.
    pub(in crate::demo::fleet) fn user(self) -> u64 {
        self.number(1, 1_000, 90_000)
    }

    /// Number of the order.
    pub(in crate::demo::fleet) fn order(self) -> u64 {
        self.number(2, 41_000, 49_999)
    }

    /// Worth of the order, in hundredths.
    pub(in crate::demo::fleet) fn cents(self) -> u64 {
        let large = self.draw.about(3).chance(0.1);
        self.number(4, 490, if large { 180_000 } else { 16_000 })
    }

    /// How many things it is about.
    pub(in crate::demo::fleet) fn items(self) -> u64 {
        self.number(5, 1, 9)
    }

    /// Country and currency.
    pub(in crate::demo::fleet) fn country(self) -> (&'static str, &'static str) {
        COUNTRIES[self.number(6, 0, COUNTRIES.len() as u64) as usize]
    }

    /// A stock keeping unit.
    pub(in crate::demo::fleet) fn sku(self) -> String {
        format!("sku-{}", self.number(7, 1_000, 9_999))
    }

    /// Fills the facts into a text: `order {order}` becomes `order 41377`.
    pub(in crate::demo::fleet) fn fill(self, text: &str) -> String {
        let mut filled = String::with_capacity(text.len() + 16);
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}').unwrap_or((after, ""));
            filled.push_str(before);
            filled.push_str(&self.fact(name));
            rest = after;
        }
        filled.push_str(rest);
        filled
    }

    fn fact(self, name: &str) -> String {
        let cents = |cents: u64| format!("{}.{:02}", cents / 100, cents % 100);
        let pick = |what, of: &[&str]| of[self.number(what, 0, of.len() as u64) as usize].to_owned();
        match name {
            "user" => self.user().to_string(),
            "order" => self.order().to_string(),
            "amount" => cents(self.cents()),
            "price" => cents(self.cents() / self.items()),
            "items" => self.items().to_string(),
            "currency" => self.country().1.to_owned(),
            "country" => self.country().0.to_owned(),
            "sku" => self.sku(),
            "word" => pick(8, &WORDS),
            "step" => pick(9, &STEPS),
            "stage" => pick(20, &["at the depot", "on its way", "at the door", "delivered"]),
            "progress" => pick(21, &["waiting for approval", "approved", "paid back"]),
            "carrier" => pick(10, &CARRIERS),
            "page" => self.number(11, 1, 4).to_string(),
            "hits" => self.number(12, 12, 940).to_string(),
            "percent" => self.number(13, 5, 97).to_string(),
            "stars" => self.number(14, 1, 6).to_string(),
            "octet" => self.number(15, 1, 255).to_string(),
            "kilobytes" => self.number(16, 40, 6_400).to_string(),
            "grams" => self.number(17, 120, 9_000).to_string(),
            "reference" => format!("{:08x}", self.draw.about(18).bits() >> 32),
            "grant" => pick(19, &["authorization_code", "refresh_token", "client_credentials"]),
            other => other.to_owned(),
        }
    }
}

const FACTS: u64 = 0xFA_C7;
