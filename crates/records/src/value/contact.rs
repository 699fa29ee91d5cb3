//! How people and companies are reached: e-mail addresses, phone numbers, web addresses.

use phonenumber::Mode;

use super::Refusal;

/// An e-mail address in lower case, taken out of `Name <address>` where it stands so.
///
/// Accepts what mail servers take in practice: a local part of at most 64 bytes without
/// quotes, and a domain of at least two labels; at most 254 bytes in all (RFC 5321).
pub fn email(text: &str) -> Result<String, Refusal> {
    let refusal = || {
        Refusal::new(
            "invalid_email",
            "must be an e-mail address such as ada@example.com",
        )
    };
    let text = text.trim();
    let address = match (text.rfind('<'), text.strip_suffix('>')) {
        (Some(open), Some(closed)) => &closed[open + 1..],
        _ => text.strip_prefix("mailto:").unwrap_or(text),
    };
    let address = address.trim().to_lowercase();
    let (local, host) = address.rsplit_once('@').ok_or_else(refusal)?;
    let local_ok = !local.is_empty()
        && local.len() <= 64
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..")
        && local
            .chars()
            .all(|c| c.is_alphanumeric() || "!#$%&'*+/=?^_`{|}~.-".contains(c));
    if !local_ok || address.len() > 254 || !is_host(host) {
        return Err(refusal());
    }
    Ok(address)
}

/// A phone number in E.164, with `;ext=` and the extension's digits where there is one.
///
/// `region` (ISO 3166-1 alpha-2) is where numbers without a country code are dialled.
pub fn phone(text: &str, region: &str) -> Result<String, Refusal> {
    let refusal = || {
        Refusal::new(
            "invalid_phone",
            format!(
                "must be a valid phone number: with country code, such as +49 30 901820, \
                 or as dialled in {region}"
            ),
        )
    };
    let text = text.trim();
    let text = text.strip_prefix("tel:").unwrap_or(text);
    if text.len() > 60 || !text.bytes().any(|byte| byte.is_ascii_digit()) {
        return Err(refusal());
    }
    // "00" and "011" stand for "+" in most of the world and in North America.
    let international;
    let text = if let Some(rest) = text.strip_prefix("00") {
        international = format!("+{}", rest.trim_start_matches(['-', '.', ' ']));
        &international
    } else {
        text
    };
    let country = region.parse().ok();
    let number = phonenumber::parse(country, text).map_err(|_| refusal())?;
    if !number.is_valid() {
        return Err(refusal());
    }
    let mut e164 = number.format().mode(Mode::E164).to_string();
    if let Some(extension) = number.extension() {
        let digits: String = (extension.as_ref().chars())
            .filter(char::is_ascii_digit)
            .collect();
        if !digits.is_empty() {
            e164.truncate(e164.find([';', ' ', 'x']).unwrap_or(e164.len()));
            e164.push_str(";ext=");
            e164.push_str(&digits);
        }
    }
    Ok(e164)
}

/// A web address with its scheme; `https://` is put before one without.
pub fn link(text: &str) -> Result<String, Refusal> {
    let refusal = || {
        Refusal::new(
            "invalid_link",
            "must be a web address such as https://example.com/page",
        )
    };
    let text = text.trim();
    let (scheme, rest) = match text.split_once("://") {
        Some((scheme, rest)) => (scheme.to_ascii_lowercase(), rest),
        None => ("https".to_owned(), text),
    };
    if !matches!(scheme.as_str(), "http" | "https") || text.len() > 2_000 {
        return Err(refusal());
    }
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let host = authority
        .rsplit_once(':')
        .map_or(authority, |(host, port)| {
            if port.parse::<u16>().is_ok() {
                host
            } else {
                authority
            }
        });
    let clean = |c: char| !c.is_whitespace() && !c.is_control() && !"<>\"`{}|\\^".contains(c);
    if !is_host(host) || !path.chars().all(clean) {
        return Err(refusal());
    }
    Ok(format!("{scheme}://{}{path}", authority.to_lowercase()))
}

/// A company's domain, in lower case, taken out of a web address or an e-mail address.
pub fn domain(text: &str) -> Result<String, Refusal> {
    let text = text.trim().to_lowercase();
    let rest = text
        .split_once("://")
        .map_or(text.as_str(), |(_, rest)| rest);
    let rest = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
    let end = rest.find(['/', '?', '#', ':']).unwrap_or(rest.len());
    let host = rest[..end].trim_end_matches('.');
    let host = host.strip_prefix("www.").unwrap_or(host);
    if is_host(host) {
        Ok(host.to_owned())
    } else {
        Err(Refusal::new(
            "invalid_domain",
            "must be a domain such as example.com",
        ))
    }
}

/// Whether this is a host name of at least two labels, internationalised or not.
fn is_host(host: &str) -> bool {
    let label_ok = |label: &str| {
        !label.is_empty()
            && label.chars().count() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .chars()
                .all(|c| c.is_alphanumeric() || c == '-' || c == '_')
    };
    host.len() <= 253
        && host.contains('.')
        && host.split('.').all(label_ok)
        && !host.ends_with(|c: char| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn emails_are_lower_case_and_bare() {
        assert_eq!(email(" Ada <Ada@Example.COM> ").unwrap(), "ada@example.com");
        assert_eq!(email("jürgen@müller.de").unwrap(), "jürgen@müller.de");
        for bad in [
            "",
            "ada",
            "ada@",
            "@x.de",
            "a b@x.de",
            "a@x",
            "a@.de",
            "a..b@x.de",
            "a@1.2.3.4",
        ] {
            assert!(email(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn phones_become_e164() {
        assert_eq!(phone("030 901820", "DE").unwrap(), "+4930901820");
        assert_eq!(phone("0049 30 901820", "US").unwrap(), "+4930901820");
        assert_eq!(phone("+1 (202) 456-1111", "DE").unwrap(), "+12024561111");
        assert_eq!(
            phone("202-456-1111 x42", "US").unwrap(),
            "+12024561111;ext=42"
        );
        for bad in ["", "none", "12", "+999 123456789", "202-456-111"] {
            assert!(phone(bad, "US").is_err(), "{bad}");
        }
    }

    #[test]
    fn domains_come_out_of_addresses() {
        assert_eq!(
            domain("https://WWW.Example.com/a?b").unwrap(),
            "example.com"
        );
        assert_eq!(domain("info@example.com").unwrap(), "example.com");
        assert!(domain("example").is_err());
    }

    #[test]
    fn links_get_a_scheme_and_never_a_script() {
        assert_eq!(link("Example.com/A").unwrap(), "https://example.com/A");
        assert_eq!(
            link("http://x.de:8080/?q=1").unwrap(),
            "http://x.de:8080/?q=1"
        );
        for bad in [
            "javascript:alert(1)",
            "javascript://x.de/%0a",
            "http://",
            "x y.de",
            "ftp://x.de",
        ] {
            assert!(link(bad).is_err(), "{bad}");
        }
    }
}
