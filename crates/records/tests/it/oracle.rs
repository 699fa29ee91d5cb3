//! Lists by random filters and orders, against the same filters evaluated in memory.

use std::cmp::Ordering;
use std::collections::HashMap;

use kith_cel::{Context, Resolve, Value};
use kith_contracts::access::{Action, authorise};
use kith_kernel::{CountMode, Currency, Money};
use kith_records::catalog::{Catalog, FieldType};
use kith_records::query::{Bounds, CatalogSchema, Leaf, ListRequest};
use kith_records::search::text::sort_key;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::app::{App, user};

/// A company as the oracle knows it.
struct Company {
    id: Uuid,
    values: HashMap<&'static str, Value>,
    parent: Option<usize>,
    partners: Vec<usize>,
}

struct World<'c> {
    companies: Vec<Company>,
    catalog: &'c Catalog,
    context: Context,
}

/// One company's values, for the evaluation in memory.
struct At<'w, 'c> {
    world: &'w World<'c>,
    company: Option<usize>,
}

impl<'c> Resolve<Leaf<'c>> for At<'_, 'c> {
    fn value(&self, path: &[Leaf<'c>]) -> Value {
        let Some((first, rest)) = path.split_first() else {
            return Value::Null;
        };
        let Some(company) = self.company.map(|place| &self.world.companies[place]) else {
            return Value::Null;
        };
        let field = match first {
            Leaf::Id => return Value::Id(company.id),
            Leaf::Field(field) => field,
            _ => return Value::Null,
        };
        if !rest.is_empty() {
            let company = company.parent;
            return At {
                world: self.world,
                company,
            }
            .value(rest);
        }
        match (&field.kind, field.name.as_str()) {
            (_, "created_at") => Value::Timestamp(self.world.context.now),
            (_, "parent") => company.parent.map_or(Value::Null, |place| {
                Value::Id(self.world.companies[place].id)
            }),
            (_, "partners") => Value::List(
                company
                    .partners
                    .iter()
                    .map(|place| Value::Id(self.world.companies[*place].id))
                    .collect(),
            ),
            (FieldType::Formula { expression }, _) => {
                let schema = self.world.schema();
                let checked = schema.check(expression, None).unwrap();
                kith_cel::evaluate(&checked, self, &self.world.context).unwrap()
            }
            (_, name) => company.values.get(name).cloned().unwrap_or(Value::Null),
        }
    }

    fn member(&self, item: &Value, path: &[Leaf<'c>]) -> Value {
        let company = self
            .world
            .companies
            .iter()
            .position(|company| Value::Id(company.id) == *item);
        At {
            world: self.world,
            company,
        }
        .value(path)
    }
}

impl<'c> World<'c> {
    fn schema(&self) -> CatalogSchema<'c> {
        let object = self.catalog.by_name("company").unwrap();
        CatalogSchema::new(self.catalog, object, self.context.time_zone.clone())
    }

    /// The companies that `filter` accepts; `None` where it is not valid.
    fn accepted(&self, filter: &str) -> Option<Vec<usize>> {
        let checked = self
            .schema()
            .check(filter, Some(&kith_cel::Type::Bool))
            .ok()?;
        let accepts = |place: &usize| {
            let at = At {
                world: self,
                company: Some(*place),
            };
            kith_cel::accepts(&checked, &at, &self.context).unwrap()
        };
        Some((0..self.companies.len()).filter(accepts).collect())
    }

    /// The key by which lists are sorted, written down anew.
    fn key(&self, company: Option<usize>, path: &str) -> Option<Value> {
        let company = &self.companies[company?];
        if let Some(rest) = path.strip_prefix("parent.") {
            return self.key(company.parent, rest);
        }
        match (path, company.values.get(path)?) {
            ("name" | "code", Value::Text(text)) => Some(Value::Text(sort_key(text))),
            ("kind", Value::Text(text)) => {
                let options = ["prospect", "customer", "partner", "supplier", "other"];
                let place = options.iter().position(|option| option == text)?;
                Some(Value::Int(i64::try_from(place).unwrap()))
            }
            (_, Value::Text(text)) => Some(Value::Text(kith_cel::lower(text))),
            (_, Value::Money(money)) => Some(Value::Int(money.units)),
            (_, value) => Some(value.clone()),
        }
    }

    fn sorted(&self, mut found: Vec<usize>, sort: &[(&str, bool)]) -> Vec<usize> {
        // Between equals of an indexed text the name decides.
        let by_name = (sort.last()).filter(|(path, _)| *path == "code");
        let by_name = by_name.map(|(_, descending)| ("name", *descending));
        found.sort_by(|a, b| {
            for (path, descending) in sort.iter().chain(&by_name) {
                let (x, y) = (self.key(Some(*a), path), self.key(Some(*b), path));
                let order = match (x, y) {
                    (Some(x), Some(y)) => {
                        let order = x.order(&y).unwrap();
                        if *descending { order.reverse() } else { order }
                    }
                    (Some(_), None) => Ordering::Less,
                    (None, Some(_)) => Ordering::Greater,
                    (None, None) => Ordering::Equal,
                };
                if order != Ordering::Equal {
                    return order;
                }
            }
            let order = self.companies[*a].id.cmp(&self.companies[*b].id);
            if sort.last().is_some_and(|(_, descending)| *descending) {
                order.reverse()
            } else {
                order
            }
        });
        found
    }
}

const NAMES: [&str; 12] = [
    "Acme",
    "acme gmbh",
    "Übermut AG",
    "O'Brien & Sons",
    "100% Pure_Juice",
    "Łódź Works",
    "straße 12",
    "ΑΒΓ",
    "Zeta\\Omega",
    "acmé",
    "  x  y",
    "Globex Corporation",
];

/// Numbers that look random and are the same every time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> Option<T> {
        let sides = from.len() as u64;
        // Every third or so value is missing.
        let place = self.roll(sides + sides / 2 + 1);
        from.get(usize::try_from(place).unwrap()).copied()
    }
}

async fn build(app: &App) -> Vec<Company> {
    for field in [
        json!({"name": "code", "type": "text", "indexed": true}),
        json!({"name": "memo", "type": "text"}),
        json!({"name": "score", "type": "decimal", "indexed": true}),
        json!({"name": "ratio", "type": "decimal"}),
        json!({"name": "seats", "type": "number"}),
        json!({"name": "vip", "type": "boolean"}),
        json!({"name": "since", "type": "date", "indexed": true}),
        json!({"name": "until", "type": "date"}),
        json!({"name": "seen", "type": "datetime"}),
        json!({"name": "tier", "type": "select", "indexed": true, "options": [{"value": "gold", "label": "Gold"}, {"value": "silver", "label": "Silver"}]}),
        json!({"name": "likes", "type": "multi_select", "options": [{"value": "tea", "label": "Tea"}, {"value": "coffee", "label": "Coffee"}]}),
        json!({"name": "budget", "type": "currency"}),
        json!({"name": "meta", "type": "json"}),
        json!({"name": "partners", "type": "relations", "object": "company"}),
        json!({"name": "heads", "type": "formula", "expression": "employees * 2 + size(name)"}),
        json!({"name": "left", "type": "formula", "expression": "annual_revenue - budget"}),
    ] {
        app.post("/objects/company/fields", &field).await.ok();
    }
    app.records.tidy().await.unwrap();
    let mut dice = Dice(7);
    let mut companies: Vec<Company> = Vec::new();
    for number in 0..48_u64 {
        let mut values: HashMap<&'static str, Value> = HashMap::new();
        let mut body = serde_json::Map::new();
        let mut set = |name: &'static str, value: Option<Value>| {
            let Some(value) = value else { return };
            body.insert(
                name.to_owned(),
                match &value {
                    Value::Text(text) => json!(text),
                    Value::Int(number) => json!(number),
                    Value::Decimal(number) => json!(number.to_string()),
                    Value::Bool(value) => json!(value),
                    Value::Date(date) => json!(date.to_string()),
                    Value::Timestamp(time) => json!(time.to_string()),
                    Value::Money(money) => json!(money),
                    Value::Json(json) => json.clone(),
                    Value::List(items) => items
                        .iter()
                        .map(|item| match item {
                            Value::Text(text) => json!(text),
                            _ => Json::Null,
                        })
                        .collect(),
                    _ => Json::Null,
                },
            );
            values.insert(name, value);
        };
        let text = |text: &str| Value::Text(text.to_owned());
        let name = NAMES[usize::try_from(dice.roll(12)).unwrap()];
        // The server trims names.
        set("name", Some(text(name.trim())));
        set("industry", dice.pick(&["tech", "Tech", "retail"]).map(text));
        set(
            "kind",
            dice.pick(&["prospect", "customer", "other"]).map(text),
        );
        set(
            "employees",
            dice.pick(&[0, 1, 7, 250, -3, i64::MAX]).map(Value::Int),
        );
        set("founded_year", dice.pick(&[1999, 2020]).map(Value::Int));
        let money = |units: i64, currency| Value::Money(Money { units, currency });
        set(
            "annual_revenue",
            dice.pick(&[0, 15_000, 1_000_000, -50_000, 9_000_000_000_000_000_000])
                .map(|units| {
                    money(
                        units / 100 * 100,
                        if units % 3 == 0 {
                            Currency::EUR
                        } else {
                            Currency::USD
                        },
                    )
                }),
        );
        set(
            "budget",
            dice.pick(&[100, 1_000_000])
                .map(|units| money(units, Currency::EUR)),
        );
        set(
            "code",
            dice.pick(&["A-1", "a-1", "É", "%", "x_y"]).map(text),
        );
        set("memo", dice.pick(&["hello world", "A-1", "tea"]).map(text));
        let decimal = |text: &str| Value::Decimal(text.parse().unwrap());
        set(
            "score",
            dice.pick(&[
                "0",
                "0.5",
                "-1.25",
                "1234567890.123456789",
                "99999999999999999999",
            ])
            .map(decimal),
        );
        set(
            "ratio",
            dice.pick(&["0.1", "3", "-0.000000001"]).map(decimal),
        );
        set("seats", dice.pick(&[0, 5, -5, 100]).map(Value::Int));
        set("vip", dice.pick(&[true, false]).map(Value::Bool));
        let date = |text: &str| Value::Date(text.parse().unwrap());
        set(
            "since",
            dice.pick(&["2026-06-01", "2020-02-29", "1999-12-31"])
                .map(date),
        );
        set("until", dice.pick(&["2026-06-01", "9999-12-31"]).map(date));
        set(
            "seen",
            dice.pick(&[
                "2026-06-01T12:00:00Z",
                "2026-03-29T00:30:00.5Z",
                "1970-01-01T00:00:00Z",
            ])
            .map(|text| Value::Timestamp(text.parse().unwrap())),
        );
        set("tier", dice.pick(&["gold", "silver"]).map(text));
        let list = |items: &[&str]| Value::List(items.iter().map(|item| text(item)).collect());
        set(
            "likes",
            dice.pick(&[["tea"].as_slice(), &["coffee", "tea"], &["coffee"]])
                .map(list),
        );
        set(
            "emails",
            dice.pick(&[["a@x.de"].as_slice(), &["b@x.de", "a@x.de"]])
                .map(list),
        );
        set(
            "meta",
            dice.pick(&[
                r#"{"a":"x","n":5,"l":["tea",1,null]}"#,
                r#"{"a":{"b":true},"n":"5"}"#,
                "[1,2]",
                "\"x\"",
            ])
            .map(|json| Value::Json(serde_json::from_str(json).unwrap())),
        );
        let place = |dice: &mut Dice| {
            (number > 0 && dice.roll(3) > 0)
                .then(|| usize::try_from(dice.roll(number.max(1))).unwrap())
        };
        let parent = place(&mut dice);
        let mut partners: Vec<usize> = [place(&mut dice), place(&mut dice)]
            .into_iter()
            .flatten()
            .collect();
        partners.dedup();
        let id_of = |place: &usize| companies[*place].id.to_string();
        body.insert("parent".into(), parent.as_ref().map(id_of).into());
        body.insert("partners".into(), partners.iter().map(id_of).collect());
        let made = app.post("/companies", &Json::Object(body)).await.id();
        companies.push(Company {
            id: made.parse().unwrap(),
            values,
            parent,
            partners,
        });
    }
    companies
}

type Text = BoxedStrategy<String>;

fn of(items: &'static [&'static str]) -> Text {
    prop::sample::select(items).prop_map(str::to_owned).boxed()
}

/// Expressions of each type, nested at most `depth` deep.
struct Grammar {
    depth: u32,
}

impl Grammar {
    fn inner(&self) -> Option<Self> {
        self.depth.checked_sub(1).map(|depth| Self { depth })
    }

    fn text(&self) -> Text {
        let leaf = of(&[
            "name",
            "industry",
            "code",
            "memo",
            "kind",
            "tier",
            "parent.name",
            "parent.code",
            "meta.a",
            "parent.parent.industry",
            r#""acme""#,
            r#""A-1""#,
            r#""%""#,
            r#""_""#,
            r#""É""#,
            r#""""#,
            r#""\\""#,
            r#""tea""#,
        ]);
        let Some(inner) = self.inner() else {
            return leaf;
        };
        prop_oneof![
            4 => leaf,
            1 => inner.text().prop_map(|a| format!("lower({a})")),
            1 => inner.text().prop_map(|a| format!("trim(upperAscii({a}))")),
            1 => (inner.text(), inner.text()).prop_map(|(a, b)| format!("({a} + {b})")),
            1 => inner.int().prop_map(|a| format!("string({a})")),
            1 => inner.decimal().prop_map(|a| format!("string({a})")),
            1 => (inner.text(), inner.text()).prop_map(|(a, b)| format!("coalesce({a}, {b})")),
            1 => (inner.boolean(), inner.text(), inner.text()).prop_map(|(c, a, b)| format!("({c} ? {a} : {b})")),
        ].boxed()
    }

    fn int(&self) -> Text {
        let leaf = of(&[
            "employees",
            "founded_year",
            "seats",
            "heads",
            "parent.employees",
            "parent.seats",
            "parent.heads",
            "0",
            "1",
            "-7",
            "250",
            "9223372036854775807",
        ]);
        let Some(inner) = self.inner() else {
            return leaf;
        };
        prop_oneof![
            4 => leaf,
            3 => (inner.int(), of(&["+", "-", "*", "/", "%"]), inner.int()).prop_map(|(a, op, b)| format!("({a} {op} {b})")),
            1 => inner.int().prop_map(|a| format!("-({a})")),
            1 => inner.int().prop_map(|a| format!("abs({a})")),
            1 => inner.decimal().prop_map(|a| format!("int({a})")),
            1 => inner.text().prop_map(|a| format!("size({a})")),
            1 => of(&["size(likes)", "size(partners)", "size(emails)", "size(meta.l)"]),
            1 => (inner.date(), inner.date()).prop_map(|(a, b)| format!("({a} - {b})")),
            1 => (inner.date(), of(&["getFullYear", "getMonth", "getDate", "getDayOfWeek", "getDayOfYear", "getQuarter"])).prop_map(|(a, f)| format!("({a}).{f}()")),
            1 => (inner.time(), of(&["getHours", "getMinutes", "getSeconds", "getMilliseconds", "getDayOfMonth"])).prop_map(|(a, f)| format!("({a}).{f}()")),
            1 => (inner.time(), inner.time(), of(&["getHours", "getSeconds"])).prop_map(|(a, b, f)| format!("(({a}) - ({b})).{f}()")),
            1 => (inner.int(), inner.int(), of(&["min", "max", "coalesce"])).prop_map(|(a, b, f)| format!("{f}({a}, {b})")),
        ].boxed()
    }

    fn decimal(&self) -> Text {
        let leaf = of(&[
            "score",
            "ratio",
            "parent.score",
            "annual_revenue.amount",
            "budget.amount",
            "meta.n",
            "0.5",
            "-1.25",
            "3.0",
            "0.000000001",
        ]);
        let Some(inner) = self.inner() else {
            return leaf;
        };
        prop_oneof![
            4 => leaf,
            3 => (inner.decimal(), of(&["+", "-", "*", "/", "%"]), of(&["score", "ratio", "2.5", "double(seats)", "budget.amount"])).prop_map(|(a, op, b)| format!("({a} {op} {b})")),
            1 => inner.int().prop_map(|a| format!("double({a})")),
            1 => (inner.decimal(), of(&["0", "2"])).prop_map(|(a, n)| format!("round({a}, {n})")),
            1 => (inner.decimal(), of(&["floor", "ceil", "abs"])).prop_map(|(a, f)| format!("{f}({a})")),
            1 => (inner.money(), inner.money()).prop_map(|(a, b)| format!("({a} / {b})")),
        ].boxed()
    }

    fn money(&self) -> Text {
        let leaf = of(&[
            "annual_revenue",
            "budget",
            "left",
            "parent.annual_revenue",
            "parent.left",
        ]);
        let Some(inner) = self.inner() else {
            return leaf;
        };
        prop_oneof![
            3 => leaf,
            1 => (inner.money(), of(&["+", "-"]), inner.money()).prop_map(|(a, op, b)| format!("({a} {op} {b})")),
            1 => (inner.money(), of(&["*", "/"]), inner.decimal()).prop_map(|(a, op, b)| format!("({a} {op} double({b}))")),
            1 => inner.money().prop_map(|a| format!("abs(-({a}))")),
            1 => (inner.money(), inner.money()).prop_map(|(a, b)| format!("coalesce({a}, {b})")),
            1 => (inner.boolean(), inner.money(), inner.money()).prop_map(|(c, a, b)| format!("({c} ? {a} : {b})")),
        ].boxed()
    }

    fn date(&self) -> Text {
        let leaf = of(&[
            "since",
            "until",
            "parent.since",
            "today()",
            r#"date("2026-06-01")"#,
            r#"date("2020-02-29")"#,
        ]);
        let Some(inner) = self.inner() else {
            return leaf;
        };
        prop_oneof![
            4 => leaf,
            1 => (inner.date(), of(&["+", "-"]), inner.int()).prop_map(|(a, op, b)| format!("({a} {op} {b})")),
            1 => inner.time().prop_map(|a| format!("date({a})")),
        ].boxed()
    }

    fn time(&self) -> Text {
        let leaf = of(&[
            "seen",
            "created_at",
            "parent.seen",
            "now()",
            r#"timestamp("2026-03-29T02:30:00")"#,
            r#"timestamp("1970-01-01T00:00:00Z")"#,
        ]);
        let Some(inner) = self.inner() else {
            return leaf;
        };
        prop_oneof![
            4 => leaf,
            1 => (inner.time(), of(&[r#"+ duration("36h")"#, r#"- duration("1h30m0.5s")"#, r#"+ duration("3000000d")"#])).prop_map(|(a, by)| format!("({a} {by})")),
            1 => inner.date().prop_map(|a| format!("timestamp({a})")),
        ].boxed()
    }

    fn boolean(&self) -> Text {
        let leaf = of(&[
            "vip",
            "parent.vip",
            "parent == null",
            "parent != null",
            "industry == null",
            "has(score)",
            "has(likes)",
            "meta.a.b == true",
            "meta == null",
            r#"kind == "customer""#,
            r#"tier != "gold""#,
            r#"tier in ["gold", "silver"]"#,
            r#""tea" in likes"#,
            r#"memo in likes"#,
            r#""a@x.de" in emails"#,
            r#"annual_revenue > 100"#,
            r#"annual_revenue == "1.50 EUR""#,
            r#"annual_revenue < "100 USD""#,
            r#"budget >= 0.01"#,
            r#"budget.currency == "EUR""#,
            r#"likes.exists(l, l == "tea")"#,
            r#"emails.all(e, e.startsWith("a"))"#,
            r#"meta.l.exists(i, i == "tea")"#,
            r#"partners.exists(p, p.vip)"#,
            r#"partners.all(p, p.industry == "tech" || p.parent == parent)"#,
            "parent in partners",
            r#"name.contains("cme")"#,
            r#"name.startsWith("ac")"#,
            r#"name == "Acme""#,
            r#"code == "A-1""#,
            r#"code.startsWith("A")"#,
            r#"code in ["A-1", "É"]"#,
            r#"memo == "A-1""#,
            r#"memo in ["A-1", "tea"]"#,
            r#"seats == 5"#,
            r#"vip == false"#,
            r#"until == "2026-06-01""#,
            r#"since == "2020-02-29""#,
            r#"since < "2026-01-01""#,
            r#"name.icontains("ACM")"#,
            r#"name.endsWith("s")"#,
            r#"name.matches("^[A-Z].*e$")"#,
            r#"[1, 2].exists(i, i == seats)"#,
            r#"seats in []"#,
            r#"parent.parent.name.contains("c")"#,
            r#"parent.partners.exists(p, p.name == name)"#,
            r#"meta["a"] == "x""#,
            "meta[0] == 1",
            "likes[0] == \"tea\"",
            "id != parent",
        ]);
        let Some(inner) = self.inner() else {
            return leaf;
        };
        let compare = of(&["==", "!=", "<", "<=", ">", ">="]);
        prop_oneof![
            5 => leaf,
            2 => (inner.text(), of(&["==", "!="]), inner.text()).prop_map(|(a, op, b)| format!("({a} {op} {b})")),
            2 => (inner.int(), compare.clone(), inner.int()).prop_map(|(a, op, b)| format!("({a} {op} {b})")),
            2 => (inner.decimal(), compare.clone(), of(&["score", "ratio", "0.5", "1234567890.123456789", "employees"])).prop_map(|(a, op, b)| format!("({a} {op} {b})")),
            2 => (inner.money(), compare.clone(), inner.money()).prop_map(|(a, op, b)| format!("({a} {op} {b})")),
            1 => (inner.date(), compare.clone(), inner.date()).prop_map(|(a, op, b)| format!("({a} {op} {b})")),
            1 => (inner.time(), compare, inner.time()).prop_map(|(a, op, b)| format!("({a} {op} {b})")),
            1 => (inner.text(), of(&["contains", "icontains", "startsWith", "endsWith"]), inner.text()).prop_map(|(a, f, b)| format!("({a}).{f}({b})")),
            1 => (inner.int(), inner.int(), inner.int()).prop_map(|(a, b, c)| format!("({a} in [{b}, {c}])")),
            1 => inner.money().prop_map(|a| format!("({a} == null)")),
            1 => inner.int().prop_map(|a| format!("({a} != null)")),
            2 => inner.boolean().prop_map(|a| format!("!({a})")),
            2 => (inner.boolean(), inner.boolean()).prop_map(|(a, b)| format!("({a} && {b})")),
            2 => (inner.boolean(), inner.boolean()).prop_map(|(a, b)| format!("({a} || {b})")),
            1 => (inner.boolean(), inner.boolean(), inner.boolean()).prop_map(|(a, b, c)| format!("({a} ? {b} : {c})")),
            1 => inner.boolean().prop_map(|a| format!("partners.exists(p, p.seats != null && {a})")),
        ].boxed()
    }
}

/// So few that each way of finding a page is taken.
const BOUNDS: [Bounds; 3] = [
    Bounds { walk: 20_000 },
    Bounds { walk: 40 },
    Bounds { walk: 3 },
];

const SORTS: [&[(&str, bool)]; 12] = [
    &[],
    &[("name", false)],
    &[("name", true)],
    &[("employees", true), ("name", false)],
    &[("industry", false), ("employees", false)],
    &[("kind", false), ("score", true)],
    &[("score", false)],
    &[("score", true)],
    &[("since", true), ("code", false)],
    &[("parent.name", false), ("seats", true)],
    &[("annual_revenue", true)],
    &[("vip", false), ("until", true), ("parent.code", false)],
];

/// The ids on all pages of a list.
async fn pages(
    app: &App,
    world: &World<'_>,
    filter: &str,
    sort: &[(&str, bool)],
    limit: usize,
    bounds: Bounds,
) -> Result<Vec<Uuid>, TestCaseError> {
    let sort: Vec<String> = (sort.iter())
        .map(|(path, descending)| format!("{}{path}", if *descending { "-" } else { "" }))
        .collect();
    let actor = crate::app::actor("admin");
    let object = world.catalog.by_name("company").unwrap();
    let mut request = ListRequest {
        filter: Some(filter.to_owned()),
        sort: (!sort.is_empty()).then(|| sort.join(",")),
        fields: Some("id".to_owned()),
        limit: u32::try_from(limit).ok(),
        count: Some(CountMode::Exact),
        bounds,
        ..ListRequest::default()
    };
    let mut ids = Vec::new();
    let mut count = None;
    loop {
        let answer = app
            .records
            .list(&actor, world.catalog, object, &request)
            .await;
        let answer = answer.map_err(|failure| TestCaseError::fail(format!("{failure:?}")))?;
        let answer: Json = serde_json::from_slice(&answer).unwrap();
        ids.extend(
            (answer["data"].as_array().unwrap().iter())
                .map(|record| -> Uuid { record["id"].as_str().unwrap().parse().unwrap() }),
        );
        count = count.or(answer["count"]["value"].as_u64());
        match &answer["page"]["next_cursor"] {
            Json::Null => break,
            next => request.cursor = next.as_str().map(str::to_owned),
        }
    }
    prop_assert_eq!(count, Some(ids.len() as u64));
    Ok(ids)
}

#[test]
fn lists_are_what_the_filter_says() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let app = App::start().await;
        let companies = build(&app).await;
        // As autovacuum would, for sensible plans.
        app.db
            .superuser()
            .await
            .batch_execute("ANALYZE")
            .await
            .unwrap();
        let actor = crate::app::actor("admin");
        authorise(&actor, Action::Read, Some("company")).unwrap();
        let catalog = app.records.catalog(&actor).await.unwrap();
        let world = World {
            companies,
            catalog: &catalog,
            context: Context {
                now: app.db.clock.now(),
                time_zone: jiff::tz::TimeZone::get("Europe/Berlin").unwrap(),
                user: Some(user("admin")),
            },
        };
        let cases = std::env::var("ORACLE_CASES")
            .ok()
            .and_then(|cases| cases.parse().ok())
            .unwrap_or(200);
        let config = Config {
            cases,
            failure_persistence: None,
            max_shrink_iters: 300,
            ..Config::default()
        };
        let mut runner = TestRunner::new(config);
        let strategy = (
            Grammar { depth: 3 }.boolean(),
            prop::sample::select(&SORTS[..]),
            1_usize..60,
            prop::sample::select(&BOUNDS[..]),
        );
        let result = runner.run(&strategy, |(filter, sort, limit, bounds)| {
            // An expression that is refused says nothing about lists.
            let Some(accepted) = world.accepted(&filter) else {
                return Ok(());
            };
            let expected: Vec<Uuid> = world
                .sorted(accepted, sort)
                .into_iter()
                .map(|place| world.companies[place].id)
                .collect();
            let limit = limit.max(expected.len() / 4 + 1);
            let found = tokio::task::block_in_place(|| {
                tokio::runtime::Handle::current()
                    .block_on(pages(&app, &world, &filter, sort, limit, bounds))
            })?;
            prop_assert_eq!(found, expected, "{}", filter);
            Ok(())
        });
        if let Err(error) = result {
            panic!("{error}");
        }
    });
}
