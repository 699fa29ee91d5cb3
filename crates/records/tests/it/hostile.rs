//! Input that means harm, or nothing at all: it is refused with a reason, and nothing breaks.

use axum::body::Body;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::Method;
use serde_json::{Value, json};

use crate::app::{App, Reply};
use crate::machine::{self, FIELDS};
use crate::query::encoded;
use crate::random::{Kind, Random, expression, field, typed};

/// How many random requests of a kind are sent: `KITH_TEST_ROUNDS` times a hundred.
fn rounds() -> u64 {
    let chosen = std::env::var("KITH_TEST_ROUNDS").ok();
    chosen
        .and_then(|text| text.parse::<u64>().ok())
        .unwrap_or(4)
        * 100
}

/// Every answer is a success or a refusal that says why.
#[track_caller]
fn sane(reply: &Reply, what: &str) {
    let status = reply.status.as_u16();
    assert!(status < 500, "{what:.2000}: {}", reply.text);
    if status >= 400 {
        let problem = reply.json();
        assert_eq!(problem["status"], status, "{what:.2000}");
        let said = |member: &str| {
            problem[member]
                .as_str()
                .is_some_and(|text| !text.is_empty())
        };
        assert!(said("code") && said("detail"), "{what:.2000}: {problem}");
        assert!(reply.text.len() < 20_000, "{what:.2000}: a long refusal");
    }
}

async fn raw(app: &App, path: &str, body: impl Into<Body>) -> Reply {
    let json = [("content-type", "application/json")];
    app.raw("admin", Method::POST, path, &json, body.into())
        .await
}

/// JSON values that fit hardly any field.
fn values() -> Vec<String> {
    let mut values: Vec<String> = [
        "null",
        "true",
        "false",
        "0",
        "-0",
        "-0.0",
        "1",
        "-1",
        "1.5",
        "1e2",
        "1e-400",
        "1e308",
        "9223372036854775807",
        "9223372036854775808",
        "-9223372036854775808",
        "-9223372036854775809",
        "18446744073709551615",
        "18446744073709551616",
        "0.1234567890123456789012345678901234567890",
        "79228162514264337593543950335",
        "79228162514264337593543950336",
        r#""""#,
        r#"" ""#,
        r#""x""#,
        r#""null""#,
        r#""NaN""#,
        r#""Infinity""#,
        r#""1e400""#,
        r#""-0""#,
        r#""0x10""#,
        r#""１２""#,
        r#""1_000""#,
        r#""+5""#,
        r#""922337203685477.5807""#,
        r#""922337203685477.5808 EUR""#,
        r#""-922337203685477.5809 EUR""#,
        r#""1 XXX""#,
        r#""1 EUR EUR""#,
        r#""0.00005 EUR""#,
        r#""2026-02-30""#,
        r#""2026-13-01""#,
        r#""0000-01-01""#,
        r#""0001-01-01""#,
        r#""9999-12-31""#,
        r#""10000-01-01""#,
        r#""-001-01-01""#,
        r#""+2026-1-1""#,
        r#""2026-03-01T25:00:00Z""#,
        r#""2026-03-01T09:30:60Z""#,
        r#""2026-03-01T09:30:00""#,
        r#""2026-03-01T09:30:00+99:00""#,
        r#""9999-12-31T23:59:59.999999999Z""#,
        r#""0001-01-01T00:00:00Z""#,
        r#""0001-01-01T00:00:00+14:00""#,
        r#""2026-03-01T09:30:00Z[Europe/Berlin]""#,
        r#""00000000-0000-0000-0000-000000000000""#,
        r#""{0198f000-0000-7000-8000-000000000000}""#,
        r#""a@x.de""#,
        r#""+49 30 901820""#,
        r#""https://x.de""#,
        r#""javascript:alert(1)""#,
        r#""blue""#,
        r#""\ud83d\ude00""#,
        "[]",
        "[[]]",
        "[null]",
        "[1]",
        r#"["x", null]"#,
        r#"[""]"#,
        r#"["a@x.de", "a@x.de"]"#,
        "[{}]",
        r#"[{"id": null}]"#,
        "{}",
        r#"{"id": null}"#,
        r#"{"id": 5}"#,
        r#"{"id": "x"}"#,
        r#"{"id": ["x"]}"#,
        r#"{"ref": "x"}"#,
        r#"{"name": "x"}"#,
        r#"{"id": "0198f000-0000-7000-8000-000000000000"}"#,
        r#"{"": ""}"#,
        r#"{"amount": null}"#,
        r#"{"amount": ""}"#,
        r#"{"amount": "1e400"}"#,
        r#"{"amount": 1e308, "currency": "EUR"}"#,
        r#"{"amount": "1", "currency": "€"}"#,
        r#"{"amount": "1", "currency": ""}"#,
        r#"{"amount": {}, "currency": []}"#,
        r#"{"amount": "922337203685477.5807", "currency": "EUR"}"#,
        r#"{"amount": "0.001", "currency": "KWD"}"#,
        r#"{"amount": "1.5", "currency": "JPY"}"#,
        r#"{"amount": 0.1, "currency": "USD", "extra": 1}"#,
        r#"{"object": "machine"}"#,
        r#"{"object": "nothing", "id": "0198f000-0000-7000-8000-000000000000"}"#,
        r#"{"object": "company", "id": "0198f000-0000-7000-8000-000000000000"}"#,
        r#"{"object": 5, "id": 5}"#,
        r#"{"street": null, "city": null}"#,
        r#"{"city": {"x": 1}}"#,
        r#"{"city": ["x"]}"#,
    ]
    .map(str::to_owned)
    .into();
    values.push(format!("[{}]", vec!["\"x\""; 101].join(",")));
    values.push(format!("\"{}\"", "x".repeat(70_000)));
    values.push(format!("\"{}\"", "9".repeat(400)));
    values.push(format!("{}1{}", "[".repeat(40), "]".repeat(40)));
    values.push(format!("{{\"k\":\"{}\"}}", "x".repeat(66_000)));
    values
}

#[tokio::test]
async fn every_field_takes_a_value_or_says_why_not() {
    let app = App::start().await;
    machine::make(&app).await;
    let names: Vec<&str> = (FIELDS.iter().map(|(name, _)| *name))
        .chain(["owner", "external_id"])
        .collect();
    let mut taken = 0;
    for value in values() {
        // All fields at once: those that refuse are named.
        let body = |names: &[&str]| {
            let members = names.iter().map(|name| format!("\"{name}\":{value}"));
            let members: Vec<String> = members.chain(["\"name\":\"x\"".to_owned()]).collect();
            format!("{{{}}}", members.join(","))
        };
        let reply = raw(&app, "/machines", body(&names)).await;
        sane(&reply, &value);
        let mut left = names.clone();
        let mut reply = reply;
        // References are looked up once the rest is right.
        for _ in 0..3 {
            if reply.status != 422 {
                break;
            }
            let errors = reply.json()["errors"].clone();
            let refused = |name: &str| {
                errors.as_array().is_some_and(|errors| {
                    errors.iter().any(|error| {
                        let at = error["field"].as_str().unwrap_or_default();
                        at.split(['.', '[']).next() == Some(name)
                    })
                })
            };
            let before = left.len();
            left.retain(|name| !refused(name));
            assert!(left.len() < before, "{value:.200}: {}", reply.text);
            reply = raw(&app, "/machines", body(&left)).await;
            sane(&reply, &value);
        }
        if reply.status == 201 {
            let made = reply.ok();
            let path = format!("/machines/{}", made["id"].as_str().expect("an id"));
            assert_eq!(app.get(&path).await.ok(), made, "{value:.200}");
            taken += 1;
        } else {
            assert_eq!(reply.status, 409, "{value:.200}: {}", reply.text);
        }
    }
    assert!(taken > 60, "{taken}");
    for (name, _) in FIELDS {
        for sort in [name.to_owned(), format!("-{name}")] {
            let reply = app.get(&format!("/machines?limit=7&sort={sort}")).await;
            sane(&reply, &sort);
        }
        let path =
            format!("/machines/aggregate?group_by={name}&metrics=count,min({name}),max({name})");
        sane(&app.get(&path).await, &path);
        let path = format!("/machines/aggregate?metrics=sum({name}),avg({name})");
        sane(&app.get(&path).await, &path);
    }
}

/// Machines with the values at the edges of what is accepted.
async fn edges(app: &App) {
    machine::make(app).await;
    let company = app.post("/companies", &json!({"name": "Acme"})).await.id();
    for body in [
        json!({}),
        json!({"seats": i64::MAX, "weight": "79228162514264337593543950335", "price": "922337203685477.58 EUR",
            "built": "9999-12-31", "seen": "9999-12-30T21:59:59Z", "stars": 5, "electric": true}),
        json!({"seats": i64::MIN, "weight": "-79228162514264337593543950335", "price": "-922337203685477.58 EUR",
            "built": "0001-01-01", "seen": "0001-01-01T00:00:00Z", "stars": 0, "electric": false}),
        json!({"seats": 0, "weight": "0.0000000000000000000000000001", "price": "0 JPY", "text": "%_\\", "plate": "Acme",
            "raw": {"a": {"b": "x"}}}),
        json!({"seats": 1, "weight": "0", "price": "0.01 USD", "text": "x\ty", "story": "a\nb", "color": "blue",
            "extras": ["hook", "radio"], "tags": ["a", "b"], "mails": ["a@x.de"], "calls": ["+4930901820"],
            "sites": ["x.de"], "garage": {"city": "Ulm"}, "maker": company, "dealers": [{"id": company, "role": "a"}],
            "subject": {"object": "company", "id": company}, "raw": [1, null, 1e300, "x"], "built": "2026-02-28"}),
    ] {
        let mut body = body;
        body["name"] = json!("Machine");
        app.post("/machines", &body).await.ok();
    }
}

#[tokio::test]
async fn no_filter_breaks_the_planner_or_the_database() {
    let app = App::start().await;
    edges(&app).await;
    let mut answered = 0;
    for seed in 0..rounds() {
        let mut random = Random::new(seed);
        let depth = 1 + random.below(4);
        let filter = typed(&mut random, Kind::Bool, depth);
        let request = json!({"filter": filter, "fields": "id", "count": "exact"});
        let reply = app.post("/machines/query", &request).await;
        sane(&reply, &format!("seed {seed}: {filter}"));
        answered += usize::from(reply.status == 200);
    }
    assert!(answered > 100, "only {answered} filters were right");
}

#[tokio::test]
async fn no_formula_breaks_reads_or_writes() {
    let app = App::start().await;
    edges(&app).await;
    let mut made = Vec::new();
    for seed in 0..rounds() {
        let mut random = Random::new(seed + 1_000_000);
        let name = format!("f{seed}");
        let formula = expression(&mut random, 3);
        let field = json!({"name": name, "type": "formula", "expression": formula});
        let reply = app.post("/objects/machine/fields", &field).await;
        sane(&reply, &format!("seed {seed}: {formula}"));
        if reply.status == 201 {
            made.push((name, formula));
        }
        if made.len() as u64 == rounds() / 10 {
            break;
        }
    }
    assert!(made.len() > 10, "only {} formulas were right", made.len());
    let names: Vec<&str> = made.iter().map(|(name, _)| name.as_str()).collect();
    let path = format!("/machines?fields=id,{}", names.join(","));
    let reply = app.get(&path).await;
    if reply.status != 200 {
        // Says which.
        for (name, formula) in &made {
            let reply = app.get(&format!("/machines?fields={name}")).await;
            assert_eq!(reply.status, 200, "{formula}: {}", reply.text);
        }
        panic!("{}", reply.text);
    }
    let listed = reply.ok();
    for record in listed["data"].as_array().expect("data") {
        let id = record["id"].as_str().expect("an id");
        let path = format!("/machines/{id}?fields=id,{}", names.join(","));
        assert_eq!(&app.get(&path).await.ok(), record);
        let path = format!("/machines/{id}");
        app.patch(&path, &json!({"text": "new"})).await.ok();
    }
    for (name, formula) in &made {
        for path in [
            format!("/machines?sort={name}&fields=id"),
            format!("/machines/aggregate?group_by={name}&metrics=count"),
            format!("/machines/aggregate?metrics=sum({name}),avg({name}),max({name})"),
            format!(
                "/machines?filter={}&fields=id",
                encoded(&format!("{name} == null"))
            ),
        ] {
            sane(&app.get(&path).await, &format!("{path} of {formula}"));
        }
    }
}

#[tokio::test]
async fn no_parameter_breaks_a_list_or_an_aggregate() {
    let app = App::start().await;
    edges(&app).await;
    let odd = [
        "",
        " ",
        ",",
        ",,",
        "-",
        "--name",
        "name,name",
        "-name,name",
        "(",
        ")",
        "a(b",
        "company(name)",
        "maker(name)",
        "maker(",
        "maker(name(x))",
        "maker()",
        "*",
        "*,*",
        "maker(*)",
        "id",
        "-1",
        "0",
        "1",
        "201",
        "1e3",
        "１",
        "null",
        "true",
        "TRUE",
        "99999999999999999999",
        "-9223372036854775808",
        "%",
        "%%",
        "..",
        "../..",
        "name;drop",
        "name desc",
        "count",
        "count(",
        "count()",
        "count(*)",
        "sum",
        "sum()",
        "sum(name)",
        "sum(seats)",
        "avg(weight)",
        "min(built)",
        "max(seen)",
        "weighted_sum(price)",
        "sum(sum(seats))",
        "built:day",
        "built:week",
        "seen:month",
        "seen:century",
        "name:day",
        "maker.name",
        "maker.owner",
        "maker.parent.name",
        "price.amount",
        "price.currency",
        "raw",
        "raw.a",
        "dealers",
        "subject",
        "subject.name",
        "capped",
        "exact",
        "none",
        "\u{1f600}",
        "x'y\"z",
    ];
    let long = "name,".repeat(400);
    for seed in 0..rounds() * 2 {
        let mut random = Random::new(seed + 2_000_000);
        let names: &[&str] = match random.below(2) {
            0 => &[
                "filter", "sort", "fields", "limit", "cursor", "count", "deleted", "Limit", "q",
            ],
            _ => &["group_by", "metrics", "filter", "sort", "limit", "fields"],
        };
        let mut parameters = Vec::new();
        for _ in 0..=random.below(3) {
            let name = *random.pick(names);
            let value = match random.below(12) {
                0 => long.clone(),
                1 => field(&mut random),
                2 => format!("-{}", field(&mut random)),
                3 => format!("sum({})", field(&mut random)),
                4 => format!("{}({})", field(&mut random), field(&mut random)),
                5 => expression(&mut random, 1),
                _ => (*random.pick(&odd)).to_owned(),
            };
            parameters.push(format!("{name}={}", encoded(&value)));
        }
        let place = *random.pick(&[
            "/machines",
            "/machines/aggregate",
            "/people",
            "/deals/aggregate",
        ]);
        let path = format!("{place}?{}", parameters.join("&"));
        sane(&app.get(&path).await, &format!("seed {seed}: {path}"));
    }
}

#[tokio::test]
async fn absurd_filters_are_refused_or_answered() {
    let app = App::start().await;
    edges(&app).await;
    let many = |item: &str, count: usize| vec![item; count].join(", ");
    let chain = |item: &str, by: &str, count: usize| vec![item; count].join(by);
    for (filter, right) in [
        (format!("seats in [{}]", many("1", 1_000)), true),
        (format!("seats in [{}]", many("1", 100_000)), false),
        (format!("plate in [{}]", many("\"x\"", 1_500)), true),
        (chain("seats == 1", " || ", 300), true),
        (chain("seats == 1", " || ", 100_000), false),
        (chain("seats", " + ", 60) + " > 1", true),
        (chain("seats", " + ", 5_000) + " > 1", false),
        (format!("{}true{}", "(".repeat(60), ")".repeat(60)), true),
        (
            format!("{}true{}", "(".repeat(100_000), ")".repeat(100_000)),
            false,
        ),
        (format!("{}true", "!".repeat(100_000)), false),
        (format!("{}1 == 1", "-".repeat(100_000)), false),
        (
            format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000)),
            false,
        ),
        (format!("plate == \"{}\"", "x".repeat(15_000)), true),
        (format!("plate == \"{}\"", "x".repeat(1_000_000)), false),
        (format!("plate.matches(\"{}\")", "(a*)*".repeat(50)), true),
        ("plate.matches(\"(x+x+)+y\")".to_owned(), true),
        ("plate.matches(\"[\")".to_owned(), false),
        (format!("{} == 1", chain("maker", ".", 500)), false),
        (
            "tags.exists(a, tags.exists(b, tags.exists(c, a == b && b == c)))".to_owned(),
            true,
        ),
        ("1 / 0 == 1".to_owned(), true),
        ("seats / 0 == 1".to_owned(), true),
        ("seats % (seats - seats) == 1".to_owned(), true),
        ("round(weight, 1000000) == 1".to_owned(), true),
        ("weight * weight * weight * weight > 1".to_owned(), true),
        ("seats * seats * seats * seats * seats > 1".to_owned(), true),
        ("price * price > 1".to_owned(), false),
        ("price * 1e28 > price".to_owned(), true),
        ("built + duration(\"3650000d\") > today()".to_owned(), true),
        ("seen - duration(\"3650000d\") > now()".to_owned(), true),
        (
            "duration(\"99999999999999999999h\") > duration(\"1h\")".to_owned(),
            false,
        ),
        ("\u{0}".to_owned(), false),
    ] {
        let request = json!({"filter": filter, "fields": "id"});
        let reply = app.post("/machines/query", &request).await;
        sane(&reply, &filter);
        if right {
            assert!(
                reply.status == 200 || reply.status == 400,
                "{filter:.200}: {}",
                reply.text
            );
        } else {
            assert_eq!(reply.status, 400, "{filter:.200}: {:.300}", reply.text);
        }
    }
}

#[tokio::test]
async fn damaged_and_foreign_cursors_are_refused() {
    let app = App::start().await;
    edges(&app).await;
    let sort = "/machines?limit=2&sort=-weight,seats,built,seen,plate";
    let page = app.get(sort).await.ok();
    let cursor = page["page"]["next_cursor"]
        .as_str()
        .expect("a cursor")
        .to_owned();
    let with = async |path: &str, cursor: &str| {
        app.get(&format!("{path}&cursor={}", encoded(cursor))).await
    };
    assert_eq!(with(sort, &cursor).await.status, 200);
    for path in [
        "/machines?sort=plate",
        "/machines?sort=-weight,seats,built,seen,plate&filter=seats%20%3E%201",
        "/machines?sort=-weight,seats,built,seen,plate&deleted=true",
        "/companies?sort=name",
    ] {
        assert_eq!(
            with(path, &cursor).await.refusal(),
            (400, "invalid_cursor".to_owned()),
            "{path}"
        );
    }
    for length in 0..cursor.len() {
        let reply = with(sort, &cursor[..length]).await;
        // An empty cursor is none.
        assert_eq!(
            reply.status,
            if length == 0 { 200 } else { 400 },
            "{length}"
        );
    }
    let known: Value =
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(&cursor).expect("base64")).expect("JSON");
    let keys = known["k"].as_array().expect("keys").len();
    for place in 0..keys {
        for value in [
            json!(null),
            json!(true),
            json!(1),
            json!(-1.5),
            json!(i64::MIN),
            json!(u64::MAX),
            json!("x"),
            json!(""),
            json!("NaN"),
            json!("1e400"),
            json!("9".repeat(300)),
            json!("9999-99-99"),
            json!("-9999-01-01"),
            json!("\u{0}"),
            json!([]),
            json!({}),
            json!("x".repeat(9_000)),
        ] {
            let mut forged = known.clone();
            forged["k"][place] = value;
            let text = URL_SAFE_NO_PAD.encode(forged.to_string());
            sane(&with(sort, &text).await, &forged.to_string());
        }
    }
    for forged in [
        json!([]),
        json!({}),
        json!({"v": 1, "q": known["q"], "k": []}),
        json!({"v": 2, "q": known["q"], "k": known["k"]}),
        json!({"v": 1, "q": -1, "k": known["k"]}),
        json!({"v": 1, "q": known["q"], "k": vec![known["k"][0].clone(); 1_000]}),
    ] {
        let text = URL_SAFE_NO_PAD.encode(forged.to_string());
        assert_eq!(with(sort, &text).await.refusal().0, 400, "{forged}");
    }
    let id = page["data"][0]["id"].as_str().expect("an id");
    let history = format!("/machines/{id}/history?limit=1");
    for text in [
        "x",
        "",
        "0",
        "-1",
        "99999999999999999999",
        &cursor,
        "MQ",
        "eyJ9",
    ] {
        sane(&with(&history, text).await, text);
    }
}

#[tokio::test]
async fn malformed_json_is_refused_where_it_is_wrong() {
    let app = App::start().await;
    let nested = |open: &str, close: &str, count: usize| {
        format!(
            "{{\"name\":\"x\",\"address\":{}{}}}",
            open.repeat(count),
            close.repeat(count)
        )
    };
    let bodies: Vec<Vec<u8>> = vec![
        b"".to_vec(),
        b"null".to_vec(),
        b"[]".to_vec(),
        b"\"x\"".to_vec(),
        b"{".to_vec(),
        b"{\"name\":\"x\"".to_vec(),
        b"{\"name\":\"x\"}}".to_vec(),
        b"{\"name\":\"x\",}".to_vec(),
        b"{'name':'x'}".to_vec(),
        b"{name:\"x\"}".to_vec(),
        b"{\"name\":\"x\",\"name\":\"y\"}".to_vec(),
        b"{\"name\":\"x\",\"n\\u0061me\":\"y\"}".to_vec(),
        b"{\"name\":\"x\",\"address\":{\"city\":\"a\",\"city\":\"b\"}}".to_vec(),
        b"{\"name\":\"a\0b\"}".to_vec(),
        b"{\"name\":\"a\\u0000b\"}".to_vec(),
        b"{\"na\\u0000me\":\"b\"}".to_vec(),
        b"{\"name\":\"\xff\xfe\"}".to_vec(),
        b"{\"name\":\"\xc0\x80\"}".to_vec(),
        b"{\"name\":\"\xed\xa0\x80\"}".to_vec(),
        b"{\"name\":\"\\ud800\"}".to_vec(),
        b"{\"name\":\"\\udc00\\ud800\"}".to_vec(),
        b"{\"name\":\"\\u12\"}".to_vec(),
        b"{\"name\":\"\\x41\"}".to_vec(),
        b"{\"name\":\"a\nb\"}".to_vec(),
        b"{\"name\":\"x\",\"employees\":1e400}".to_vec(),
        b"{\"name\":\"x\",\"employees\":NaN}".to_vec(),
        b"{\"name\":\"x\",\"employees\":01}".to_vec(),
        b"{\"name\":\"x\",\"employees\":1.}".to_vec(),
        b"{\"name\":\"x\",\"employees\":+1}".to_vec(),
        b"\xef\xbb\xbf{\"name\":\"x\"}".to_vec(),
        "{\"name\":\"x\"}"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect(),
        b"{\"name\":\"x\"} // why".to_vec(),
        nested("[", "]", 100_000).into_bytes(),
        nested("{\"a\":", "}", 100_000).into_bytes(),
        nested("[", "", 1_000_000).into_bytes(),
    ];
    for body in bodies {
        let shown = String::from_utf8_lossy(&body)
            .chars()
            .take(60)
            .collect::<String>();
        for path in [
            "/companies",
            "/companies/upsert",
            "/companies/query",
            "/batch",
            "/objects",
        ] {
            let reply = raw(&app, path, body.clone()).await;
            assert_eq!(reply.status, 400, "{path} {shown}: {}", reply.text);
            sane(&reply, &shown);
        }
    }
    // Larger than a body may be.
    let long = format!("{{\"name\":\"{}\"}}", "x".repeat(10_000_000));
    assert_eq!(
        raw(&app, "/companies", long).await.refusal(),
        (413, "payload_too_large".to_owned())
    );
    let long = format!("{{\"name\":\"{}\"}}", "x".repeat(1_500_000));
    assert_eq!(raw(&app, "/companies", long).await.refusal().0, 422);
    for kind in [
        "",
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/json; charset=utf-16",
    ] {
        let headers = [("content-type", kind)];
        let body = Body::from("{\"name\":\"x\"}");
        let reply = app
            .raw("admin", Method::POST, "/companies", &headers, body)
            .await;
        assert_eq!(
            reply.refusal(),
            (415, "unsupported_media_type".to_owned()),
            "{kind}"
        );
    }
    let wide: Vec<String> = (0..50_000).map(|n| format!("\"f{n}\":{n}")).collect();
    let reply = raw(&app, "/companies", format!("{{{}}}", wide.join(","))).await;
    assert_eq!(reply.status, 422);
    assert_eq!(reply.json()["errors"].as_array().map(Vec::len), Some(50));
    sane(&reply, "fifty thousand unknown fields");
}

#[tokio::test]
async fn references_are_resolved_in_relations_only() {
    let app = App::start().await;
    machine::make(&app).await;
    let long = "r".repeat(100_000);
    for body in [
        json!({"name": "x", "maker": {"ref": "nothing"}}),
        json!({"name": "x", "maker": {"ref": long}}),
        json!({"name": "x", "dealers": [{"ref": long}]}),
        json!({"name": "x", "subject": {"object": "company", "ref": long}}),
    ] {
        let reply = app.post("/machines", &body).await;
        assert_eq!(reply.refusal().0, 422);
        assert_eq!(reply.json()["errors"][0]["code"], "unknown_ref");
        sane(&reply, "an unknown ref");
    }
    let raw = json!({"ref": "nothing", "list": [{"ref": 1}]});
    let body = json!({"name": "x", "raw": raw});
    assert_eq!(app.post("/machines", &body).await.ok()["raw"], raw);
    let batch = json!({"operations": [
        {"op": "update", "object": "machines", "id": {"ref": long}, "data": {}},
    ]});
    let reply = app.post("/batch", &batch).await;
    assert_eq!(reply.refusal().0, 422);
    sane(&reply, "an unknown ref");
}

#[tokio::test]
async fn odd_headers_are_refused_or_ignored() {
    let app = App::start().await;
    let id = app.post("/companies", &json!({"name": "Acme"})).await.id();
    let path = format!("/companies/{id}");
    let json_type = ("content-type", "application/json");
    for tag in [
        "",
        "1",
        "\"\"",
        "\"-1\"",
        "\"1e3\"",
        "\"99999999999999999999\"",
        "\"1\", \"2\"",
        "W/\"x\"",
        "null",
    ] {
        let body = Body::from("{\"industry\":\"tech\"}");
        let headers = [json_type, ("if-match", tag)];
        let reply = app.raw("admin", Method::PATCH, &path, &headers, body).await;
        assert_eq!(reply.refusal().0, 400, "{tag}");
    }
    let long = "k".repeat(256);
    for key in ["", " ", "a b", &long, "a\tb"] {
        let headers = [json_type, ("idempotency-key", key)];
        let body = Body::from("{\"name\":\"x\"}");
        let reply = app
            .raw("admin", Method::POST, "/companies", &headers, body)
            .await;
        assert_eq!(reply.refusal().0, 400, "{key:?}");
    }
    for (method, path) in [
        (Method::PUT, path.as_str()),
        (Method::TRACE, path.as_str()),
        (Method::DELETE, "/companies"),
        (Method::PATCH, "/batch"),
        (Method::GET, "/batch"),
    ] {
        let reply = app
            .raw("admin", method.clone(), path, &[], Body::empty())
            .await;
        assert!(
            [404, 405].contains(&reply.status.as_u16()),
            "{method} {path}"
        );
    }
    for path in [
        "/companies/..%2f..%2fetc%2fpasswd",
        "/companies/%2e%2e/people",
        "/companies/%00",
        "/%63ompanies",
        "/companies/%ff",
        "/companies/%",
        "/companies/%zz",
        "/companies//",
        "//companies",
        "/companies/x/history",
        "/Companies",
        "/companies%20",
        "/companies?limit=-1",
        "/companies?limit",
        "/companies?&&&",
        "/companies?%",
        "/companies?a=%ff",
        "/companies?limit=%31",
        "/companies?filter=%00",
        "/o%27or%271",
        "/companies/0198f000-0000-7000-8000-000000000000%0d%0a",
    ] {
        sane(&app.get(path).await, path);
    }
}
