//! A workspace's name and settings, and what each may be.

use jiff::Timestamp;
use kith_kernel::{Currency, WorkspaceId, WorkspaceSettings};

use crate::input::{Fault, line};

/// ISO 3166-1 alpha-2.
const REGIONS: &str = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI \
    BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX \
    CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL \
    GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP \
    KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK \
    ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE \
    PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM \
    SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY \
    UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW";

/// One customer organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Workspace {
    /// The id.
    pub id: WorkspaceId,
    /// The name, as people read it.
    pub name: String,
    /// The name as it stands at a login: lower-case letters, digits and hyphens; unique.
    pub slug: String,
    /// What holds for all of the workspace.
    pub settings: WorkspaceSettings,
    /// Ascends with every change of the row.
    pub version: i64,
    /// When it was set up.
    pub created_at: Timestamp,
    /// When its name or settings changed last.
    pub updated_at: Timestamp,
}

/// A workspace's name and settings as a client sends them; all but the name may be absent.
#[derive(Clone, Debug, Default)]
pub struct WorkspaceDraft {
    /// 1 to 100 characters.
    pub name: String,
    /// An ISO 4217 code; EUR when absent.
    pub currency: Option<String>,
    /// ISO 3166-1 alpha-2; US when absent.
    pub region: Option<String>,
    /// An IANA name; UTC when absent.
    pub time_zone: Option<String>,
    /// A BCP 47 tag; `en` when absent.
    pub locale: Option<String>,
}

pub(crate) fn name(text: &str) -> Result<String, Fault> {
    line(text, "a workspace name", 100)
}

pub(crate) fn currency(text: &str) -> Result<Currency, Fault> {
    Currency::from_code(text).ok_or_else(|| {
        Fault::new(
            "unknown_currency",
            "Give a currency of ISO 4217, such as EUR or USD.",
        )
    })
}

pub(crate) fn region(text: &str) -> Result<String, Fault> {
    let upper = text.trim().to_ascii_uppercase();
    if upper.len() == 2 && REGIONS.split_ascii_whitespace().any(|known| known == upper) {
        Ok(upper)
    } else {
        Err(Fault::new(
            "unknown_region",
            "Give a country as two letters of ISO 3166-1, such as DE or US.",
        ))
    }
}

/// Checks against the time zone database that dates are computed with.
pub(crate) fn time_zone(text: &str) -> Result<String, Fault> {
    let text = text.trim();
    let known = jiff::tz::db().get(text);
    match known.as_ref().map(jiff::tz::TimeZone::iana_name) {
        Ok(Some(name)) if text.len() <= 64 => Ok(name.to_owned()),
        _ => Err(Fault::new(
            "unknown_time_zone",
            "Give a time zone of the IANA database, such as Europe/Berlin or UTC.",
        )),
    }
}

/// Checks the shape of a BCP 47 tag: a language of two or three letters, then subtags.
pub(crate) fn locale(text: &str) -> Result<String, Fault> {
    let text = text.trim();
    let mut subtags = text.split('-');
    let language = subtags.next().unwrap_or_default();
    let is_language =
        matches!(language.len(), 2..=3) && language.chars().all(|c| c.is_ascii_alphabetic());
    let rest_is_fine = subtags.all(|subtag| {
        matches!(subtag.len(), 2..=8) && subtag.chars().all(|c| c.is_ascii_alphanumeric())
    });
    if is_language && rest_is_fine && text.len() <= 35 {
        Ok(text.to_owned())
    } else {
        Err(Fault::new(
            "invalid_locale",
            "Give a language tag such as en-GB or de.",
        ))
    }
}

/// A slug out of a name: `Müller & Söhne` becomes `m-ller-s-hne`, and what has no Latin
/// letter or digit becomes `workspace`.
pub(crate) fn slug(name: &str) -> String {
    let mut slug = String::new();
    for c in name.chars().flat_map(char::to_lowercase) {
        if c.is_ascii_alphanumeric() {
            slug.push(c);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
        if slug.len() >= 40 {
            break;
        }
    }
    let slug = slug.trim_end_matches('-');
    if slug.is_empty() {
        "workspace".to_owned()
    } else {
        slug.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn regions_are_the_249_of_the_standard() {
        let mut all: Vec<&str> = REGIONS.split_ascii_whitespace().collect();
        assert_eq!(all.len(), 249);
        all.dedup();
        assert_eq!(all.len(), 249);
        assert!(all.is_sorted());
        assert_eq!(region(" de "), Ok("DE".to_owned()));
        for text in ["", "D", "DEU", "ZZ", "D E", "49"] {
            assert!(region(text).is_err(), "{text}");
        }
    }

    #[test]
    fn time_zones_are_those_of_the_database() {
        assert_eq!(time_zone("europe/berlin"), Ok("Europe/Berlin".to_owned()));
        assert_eq!(time_zone("UTC"), Ok("UTC".to_owned()));
        for text in [
            "",
            "Mars/Olympus",
            "../../etc/passwd",
            "Europe/Berlin\0",
            "+02:00",
        ] {
            assert!(time_zone(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn locales_have_the_shape_of_a_language_tag() {
        for text in ["en", "en-GB", "zh-Hant-TW", "de-CH-1996"] {
            assert_eq!(locale(text), Ok(text.to_owned()));
        }
        for text in [
            "", "e", "english", "en_GB", "en-", "-en", "en-GB\0", "en-ÄÖ",
        ] {
            assert!(locale(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn slugs_are_short_and_plain() {
        assert_eq!(slug("Acme, Inc."), "acme-inc");
        assert_eq!(slug("--Müller & Söhne--"), "m-ller-s-hne");
        assert_eq!(slug("株式会社"), "workspace");
    }

    proptest! {
        #[test]
        fn any_name_gives_a_slug(name in "\\PC{0,120}") {
            let slug = slug(&name);
            prop_assert!((1..=40).contains(&slug.len()));
            prop_assert!(slug.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'));
            prop_assert!(!slug.starts_with('-') && !slug.ends_with('-'));
        }
    }
}
