//! Numbers as they are written.

use rust_decimal::Decimal;

use crate::decimal;

/// Reads digits with an optional point and exponent as an exact decimal.
pub(super) fn decimal(text: &str) -> Result<Decimal, String> {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent),
        None => (text, "0"),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    let significant = digits.trim_start_matches('0').trim_end_matches('0');
    if significant.is_empty() {
        return Ok(Decimal::ZERO);
    }
    let trailing = digits.len() - digits.trim_end_matches('0').len();
    // An exponent that doesn't fit in an i32 is beyond every bound anyway.
    let places = exponent
        .parse::<i32>()
        .ok()
        .and_then(|exponent| {
            i64::try_from(fraction.len())
                .ok()
                .map(|f| f - i64::from(exponent))
        })
        .and_then(|places| i64::try_from(trailing).ok().map(|t| places - t));
    let places = match places {
        Some(places) if places > i64::from(decimal::SCALE) => return Err(too_precise()),
        Some(places) => places,
        None if exponent.starts_with('-') => return Err(too_precise()),
        None => return Err(too_large()),
    };
    let shift = u32::try_from(i64::from(decimal::SCALE) - places).map_err(|_| too_large())?;
    significant
        .parse::<i128>()
        .ok()
        .and_then(|digits| digits.checked_mul(10_i128.checked_pow(shift)?))
        .and_then(decimal::from_units)
        .ok_or_else(too_large)
}

fn too_precise() -> String {
    format!("a number has at most {} decimal places", decimal::SCALE)
}

fn too_large() -> String {
    "a number must be less than 10^19".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_exact() {
        for (text, value) in [
            ("0.1", "0.1"),
            (".5", "0.5"),
            ("1e3", "1000"),
            ("1.25E+2", "125"),
            ("12500e-3", "12.5"),
            ("0e99999999999", "0"),
            ("0.000000001", "0.000000001"),
            ("1.00000000000000000000", "1"),
            (
                "9999999999999999999.999999999",
                "9999999999999999999.999999999",
            ),
        ] {
            assert_eq!(decimal(text).unwrap().to_string(), value, "{text}");
        }
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        for text in ["1e19", "1e99999999999", "10000000000000000000.0"] {
            assert_eq!(decimal(text), Err(too_large()), "{text}");
        }
        for text in ["0.0000000001", "1e-10", "1e-99999999999"] {
            assert_eq!(decimal(text), Err(too_precise()), "{text}");
        }
    }
}
