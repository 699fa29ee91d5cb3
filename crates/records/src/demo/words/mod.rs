//! The words that demo data is made of. Companies, products and sentences are invented; first
//! names, last names and cities are common ones of their countries.

mod americas;
mod asia;
mod company;
mod europe;
mod job;
mod north;
mod text;

pub(super) use company::{
    ADJECTIVES, INDUSTRIES, Industry, LOST_REASONS, SOURCES, TAGS, WON_REASONS,
};
pub(super) use job::{DEPARTMENTS, ROLES};
pub(super) use text::{ASIDES, CALLS, MEETINGS, NEXT_STEPS, PRODUCTS, TASKS, TOPICS, WANTS};

/// People, cities and telephone numbers of one country.
pub(super) struct Culture {
    /// The country, as it is written in English.
    pub(super) country: &'static str,
    /// How often it is met.
    pub(super) weight: u32,
    pub(super) cities: &'static [City],
    /// Names; `native=latin` where they are not written in Latin letters.
    pub(super) women: &'static [&'static str],
    pub(super) men: &'static [&'static str],
    pub(super) families: &'static [&'static str],
    /// Streets; a number is put at `#`.
    pub(super) streets: &'static [&'static str],
    /// What follows a company's name.
    pub(super) forms: &'static [&'static str],
    /// Companies named after a family, `{}`: name, end of the domain, industry.
    pub(super) houses: &'static [(&'static str, &'static str, &'static str)],
    /// Mobile numbers of those that are set aside for fiction; `x` is a digit.
    pub(super) mobile: &'static str,
}

/// A city.
pub(super) struct City {
    /// The name; `native=latin` where it is not written in Latin letters.
    pub(super) name: &'static str,
    pub(super) region: &'static str,
    /// A postal code there.
    pub(super) postal_code: &'static str,
    /// Numbers there that are set aside for fiction; `x` is a digit. Empty where none are.
    pub(super) phone: &'static str,
}

const fn city(
    name: &'static str,
    region: &'static str,
    postal_code: &'static str,
    phone: &'static str,
) -> City {
    City {
        name,
        region,
        postal_code,
        phone,
    }
}

/// All cultures.
pub(super) static CULTURES: &[Culture] = &[
    americas::UNITED_STATES,
    europe::UNITED_KINGDOM,
    europe::GERMANY,
    europe::FRANCE,
    americas::CANADA,
    europe::SPAIN,
    europe::ITALY,
    north::NETHERLANDS,
    north::POLAND,
    north::SWEDEN,
    asia::INDIA,
    asia::JAPAN,
    asia::CHINA,
    asia::KOREA,
    asia::AUSTRALIA,
    americas::BRAZIL,
    americas::MEXICO,
    north::UKRAINE,
    asia::TURKEY,
    north::HUNGARY,
    asia::EMIRATES,
    asia::VIETNAM,
    asia::NIGERIA,
];

/// A name as it is written, and in Latin letters.
pub(super) fn written(name: &'static str) -> (&'static str, &'static str) {
    name.split_once('=').unwrap_or((name, name))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::value;

    #[test]
    fn every_number_set_aside_for_fiction_is_a_valid_one() {
        for culture in CULTURES {
            let phones = culture.cities.iter().map(|city| city.phone);
            for pattern in phones.chain([culture.mobile]) {
                if pattern.is_empty() {
                    continue;
                }
                for digit in ["0", "5", "9"] {
                    let number = pattern.replace('x', digit);
                    assert_eq!(
                        value::phone(&number, "US").as_deref(),
                        Ok(number.as_str()),
                        "{}",
                        culture.country
                    );
                }
            }
        }
    }

    #[test]
    fn names_have_latin_letters_for_addresses() {
        for culture in CULTURES {
            let cities = culture.cities.iter().map(|city| &city.name);
            let names = culture.women.iter().chain(culture.men);
            for name in names.chain(culture.families).chain(cities) {
                let folded = crate::search::text::fold(written(name).1);
                let plain = |c: char| c.is_ascii_alphabetic() || c == ' ' || c == '-';
                assert!(folded.chars().all(plain), "{name}: {folded}");
            }
        }
    }

    #[test]
    fn no_word_is_there_twice() {
        for culture in CULTURES {
            for list in [culture.women, culture.men, culture.families] {
                let distinct: HashSet<_> = list.iter().collect();
                assert_eq!(distinct.len(), list.len(), "{}", culture.country);
            }
            for (_, _, industry) in culture.houses {
                assert!(
                    INDUSTRIES.iter().any(|known| known.name == *industry),
                    "{industry}"
                );
            }
        }
        let nouns: Vec<_> = INDUSTRIES.iter().flat_map(|known| known.nouns).collect();
        assert_eq!(nouns.iter().collect::<HashSet<_>>().len(), nouns.len());
        assert_eq!(
            ADJECTIVES.iter().collect::<HashSet<_>>().len(),
            ADJECTIVES.len()
        );
    }
}
