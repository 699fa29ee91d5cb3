//! Companies.

use std::sync::LazyLock;

use kith_kernel::RecordId;
use uuid::Uuid;

use super::random::{Random, whole};
use super::words::{ADJECTIVES, CULTURES, City, Culture, INDUSTRIES, Industry, written};
use super::world::{Draft, Kind, World, reference, text};
use crate::search::text::fold;
use crate::value::{Address, Value};

/// A company of the demo.
#[derive(Clone)]
pub(super) struct Company {
    pub(super) id: RecordId,
    pub(super) culture: &'static Culture,
    pub(super) city: &'static City,
    name: String,
    /// The name as people say it.
    pub(super) short: String,
    pub(super) domain: String,
    industry: &'static Industry,
    kind: &'static str,
    pub(super) employees: i64,
    revenue: i64,
    founded: i64,
    pub(super) owner: Option<Uuid>,
    /// How many days ago it became known.
    pub(super) known: i64,
    pub(super) phone: Option<String>,
    /// The place in the block of the company above, and how many are above in all.
    pub(super) parent: Option<RecordId>,
    pub(super) level: u8,
    street: String,
}

/// How companies are named.
struct Naming {
    nouns: Vec<(&'static Industry, &'static str)>,
    /// Culture, family and house of each company that is named after a family.
    houses: Vec<(&'static Culture, usize, usize)>,
    cities: Vec<(&'static Culture, &'static City)>,
    /// The distance in the list of names from one company to the next.
    step: u64,
}

static NAMING: LazyLock<Naming> = LazyLock::new(|| {
    let nouns: Vec<_> = (INDUSTRIES.iter())
        .flat_map(|industry| industry.nouns.iter().map(move |noun| (industry, *noun)))
        .collect();
    let houses: Vec<_> = (CULTURES.iter())
        .flat_map(|culture| {
            let families = 0..culture.families.len();
            families.flat_map(move |family| {
                (0..culture.houses.len()).map(move |house| (culture, family, house))
            })
        })
        .collect();
    let cities = (CULTURES.iter())
        .flat_map(|culture| culture.cities.iter().map(move |city| (culture, city)))
        .collect();
    let total = (nouns.len() * ADJECTIVES.len() + houses.len()) as u64;
    // Near the golden section, so that neighbours look unlike.
    let step = (total * 618 / 1_000..total)
        .find(|step| gcd(*step, total) == 1)
        .unwrap_or(1);
    Naming {
        nouns,
        houses,
        cities,
        step,
    }
});

fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { gcd(b, a % b) }
}

/// What a company is called, where it is and what it does.
struct Named {
    culture: &'static Culture,
    city: &'static City,
    name: String,
    domain: String,
    industry: &'static Industry,
}

impl Naming {
    fn total(&self) -> u64 {
        (self.nouns.len() * ADJECTIVES.len() + self.houses.len()) as u64
    }

    /// The names of the company of this number; no other has its domain.
    fn named(&self, offset: u64, index: u64, random: &mut Random) -> Named {
        let total = self.total();
        let slot = (index % total * self.step + offset) % total;
        let round = usize::try_from(index / total).unwrap_or(0);
        let slot = usize::try_from(slot).unwrap_or(0);
        let families = ADJECTIVES.len() * self.nouns.len();
        if slot >= families {
            let (culture, family, house) = self.houses[slot - families];
            let (native, latin) = written(culture.families[family]);
            let (template, word, industry) = culture.houses[house];
            let again = match round {
                0 => String::new(),
                round => format!("-{}", round + 1),
            };
            return Named {
                culture,
                city: random.pick(culture.cities),
                name: template.replace("{}", native),
                domain: format!("{}-{word}{again}.example", slug(latin)),
                industry: (INDUSTRIES.iter().find(|known| known.name == industry))
                    .unwrap_or(&INDUSTRIES[0]),
            };
        }
        let (adjective, noun) = (slot / self.nouns.len(), slot % self.nouns.len());
        let (industry, noun) = self.nouns[noun];
        let between = if slot % 2 == 0 { "-" } else { "" };
        let mut domain = format!("{}{between}{}", slug(ADJECTIVES[adjective]), slug(noun));
        let mut name = format!("{} {noun}", ADJECTIVES[adjective]);
        let (culture, city) = match round {
            0 => {
                let culture = culture(random);
                (culture, random.pick(culture.cities))
            }
            // Names that are used up come again with a city.
            round => {
                let (culture, city) = self.cities[(slot + round) % self.cities.len()];
                let (native, latin) = written(city.name);
                name = format!("{name} {native}");
                domain = format!("{domain}-{}", slug(latin));
                if round > self.cities.len() {
                    domain = format!("{domain}-{round}");
                }
                (culture, city)
            }
        };
        Named {
            culture,
            city,
            name,
            domain: format!("{domain}.example"),
            industry,
        }
    }
}

/// Any culture, the common ones more often.
pub(super) fn culture(random: &mut Random) -> &'static Culture {
    let weights = CULTURES.iter().map(|culture| culture.weight);
    &CULTURES[random.weighted(weights)]
}

/// A text as a part of a domain or an address.
pub(super) fn slug(text: &str) -> String {
    let mut out = String::new();
    for c in fold(text).chars() {
        match c {
            'a'..='z' | '0'..='9' => out.push(c),
            ' ' | '-' | '.' if !out.is_empty() && !out.ends_with('-') => out.push('-'),
            _ => {}
        }
    }
    out
}

/// A number of those that are set aside for fiction; none where none are.
pub(super) fn phone(pattern: &str, random: &mut Random) -> Option<String> {
    let digit = |c| match c {
        'x' => char::from(b'0' + u8::try_from(random.below(10)).unwrap_or(0)),
        c => c,
    };
    (!pattern.is_empty()).then(|| pattern.chars().map(digit).collect())
}

/// The address of somebody in a city.
pub(super) fn address(culture: &Culture, city: &City, street: Option<&str>) -> Value {
    let part = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    Value::Address(Box::new(Address {
        street: street.and_then(part),
        city: part(written(city.name).0),
        region: part(city.region),
        postal_code: part(city.postal_code),
        country: part(culture.country),
    }))
}

impl Company {
    /// The company of this number.
    pub(super) fn new(world: &World, index: u64) -> Self {
        let random = &mut world.random(Kind::Company, index);
        let offset = world.random(Kind::Name, 0).bits() % NAMING.total();
        let named = NAMING.named(offset, index, random);
        let form = random.text(named.culture.forms);
        let name = match form {
            "" => named.name.clone(),
            "株式会社" => format!("{form}{}", named.name),
            form => format!("{} {form}", named.name),
        };
        let employees = whole(random.lognormal(named.industry.employees, 1.3)).clamp(1, 60_000);
        let revenue = random.lognormal(named.industry.revenue * 1_000.0, 0.4);
        let street =
            (random.text(named.culture.streets)).replace('#', &random.range(1, 240).to_string());
        let known = 1 + whole(899.0 * random.unit().powf(1.5));
        let made = world.moment(-known, random);
        let small = i32::try_from(employees).unwrap_or(i32::MAX);
        Self {
            id: world.id(Kind::Company, index, made),
            culture: named.culture,
            city: named.city,
            name,
            short: named.name,
            domain: named.domain,
            industry: named.industry,
            kind: ["prospect", "customer", "partner", "supplier", "other"]
                [random.weighted([56, 20, 9, 9, 6].into_iter())],
            employees,
            revenue: two_digits(revenue * f64::from(small)),
            founded: world.year() - whole(random.lognormal(26.0, 0.8)).clamp(1, 180),
            owner: world.owner(random),
            known,
            phone: phone(named.city.phone, random),
            parent: None,
            level: 0,
            street,
        }
    }

    /// Makes the company one of another's, which lends it its name.
    pub(super) fn belong_to(&mut self, parent: &Self) {
        self.parent = Some(parent.id);
        self.level = parent.level + 1;
        self.owner = parent.owner;
        self.industry = parent.industry;
        self.employees = self.employees.min(parent.employees / 2).max(1);
        self.revenue = self.revenue.min(parent.revenue / 2);
        let place = written(self.city.name).0;
        self.short = format!("{} {place}", parent.short);
        self.name.clone_from(&self.short);
    }

    /// Makes the company a customer, because it has bought.
    pub(super) fn has_bought(&mut self) {
        self.kind = "customer";
    }

    /// The company as a record.
    pub(super) fn draft(&self, world: &World, index: u64) -> Draft {
        let random = &mut world.random(Kind::Company, index ^ (1 << 40));
        let mut values = vec![
            ("name", text(&*self.name)),
            ("domain", text(&*self.domain)),
            ("website", text(format!("https://www.{}", self.domain))),
            ("industry", text(self.industry.name)),
            ("kind", text(self.kind)),
            ("employees", Value::Int(self.employees)),
            ("founded_year", Value::Int(self.founded)),
            ("owner", reference(self.owner)),
            ("parent", reference(self.parent.map(|id| id.0))),
            (
                "address",
                address(self.culture, self.city, Some(&self.street)),
            ),
        ];
        if random.chance(85) {
            let revenue = world.money(self.revenue);
            values.push(("annual_revenue", Value::Money(revenue)));
        }
        if random.chance(60) {
            let mailbox = random.text(&["info", "hello", "office", "contact"]);
            let email = format!("{mailbox}@{}", self.domain);
            values.push(("emails", Value::List(vec![email])));
        }
        if let Some(phone) = &self.phone {
            values.push(("phones", Value::List(vec![phone.clone()])));
        }
        if random.chance(20) {
            let (size, sites) = (self.employees, random.range(1, 6));
            let about = match random.below(3) {
                0 => format!("{size} people at {sites} sites; counts its stock once a year."),
                1 => format!(
                    "Founded in {}. Wants to be rid of paper lists.",
                    self.founded
                ),
                _ => {
                    "Known from the trade fair; runs an old system that nobody maintains any more."
                        .to_owned()
                }
            };
            values.push(("description", text(about)));
        }
        Draft {
            id: self.id,
            values,
        }
    }
}

/// A number with two significant digits.
pub(super) fn two_digits(x: f64) -> i64 {
    let scale = 10_f64.powf((x.max(1.0).log10().floor() - 1.0).max(0.0));
    whole((x / scale).round() * scale)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_two_companies_have_the_same_domain() {
        let count = NAMING.total() * 3 / 2;
        let mut domains = HashSet::new();
        for index in 0..count {
            let random = &mut Random::of(1, 1, index);
            let named = NAMING.named(7, index, random);
            let domain = crate::value::domain(&named.domain).unwrap();
            assert_eq!(domain, named.domain);
            assert!(domains.insert(domain), "{index}: {}", named.domain);
        }
    }

    #[test]
    fn amounts_are_rounded_to_two_digits() {
        assert_eq!(two_digits(12_345.0), 12_000);
        assert_eq!(two_digits(7.4), 7);
        assert_eq!(two_digits(996.0), 1_000);
    }
}
