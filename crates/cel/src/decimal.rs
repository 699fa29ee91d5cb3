//! Decimal arithmetic that PostgreSQL's `numeric` can repeat digit by digit.
//!
//! A decimal has at most [`SCALE`] decimal places and is smaller than [`BOUND`] either way;
//! products and quotients are cut (not rounded) after the last place. SQL gets the same from
//! `trunc(a * b, 9)` and `div(a * 1e9, b) / 1e9`.

use rust_decimal::Decimal;

/// The number of decimal places that arithmetic keeps.
pub const SCALE: u32 = 9;

/// What every number is less than, either way. Every 64-bit integer is, too.
pub const BOUND: i128 = 10_000_000_000_000_000_000;

const UNIT: i128 = 1_000_000_000;

/// `value` in units of the last decimal place, further places cut; `None` outside of the range.
pub(crate) fn to_units(value: Decimal) -> Option<i128> {
    let cut = value.trunc_with_scale(SCALE);
    let shift = SCALE.checked_sub(cut.scale())?;
    let units = cut.mantissa().checked_mul(10_i128.checked_pow(shift)?)?;
    in_range(units).then_some(units)
}

/// The decimal of so many units; `None` outside of the range.
pub(crate) fn from_units(units: i128) -> Option<Decimal> {
    if !in_range(units) {
        return None;
    }
    Decimal::try_from_i128_with_scale(units, SCALE)
        .ok()
        .map(|value| value.normalize())
}

/// `value` with at most [`SCALE`] decimal places; `None` outside of the range.
pub(crate) fn bounded(value: Decimal) -> Option<Decimal> {
    to_units(value).and_then(from_units)
}

fn in_range(units: i128) -> bool {
    units.unsigned_abs() < (BOUND * UNIT).unsigned_abs()
}

pub(crate) fn add(a: Decimal, b: Decimal) -> Option<Decimal> {
    from_units(to_units(a)?.checked_add(to_units(b)?)?)
}

pub(crate) fn sub(a: Decimal, b: Decimal) -> Option<Decimal> {
    from_units(to_units(a)?.checked_sub(to_units(b)?)?)
}

pub(crate) fn mul(a: Decimal, b: Decimal) -> Option<Decimal> {
    from_units(mul_units(to_units(a)?, to_units(b)?)?)
}

/// The product in units. Split, because a product of two full decimals needs 187 bits.
fn mul_units(a: i128, b: i128) -> Option<i128> {
    let negative = (a < 0) != (b < 0);
    let (a, b) = (a.unsigned_abs(), b.unsigned_abs());
    let unit = UNIT.unsigned_abs();
    let high = (a / unit).checked_mul(b)?;
    let low = (a % unit).checked_mul(b)? / unit;
    let product = i128::try_from(high.checked_add(low)?).ok()?;
    Some(if negative { -product } else { product })
}

pub(crate) fn div(a: Decimal, b: Decimal) -> Option<Decimal> {
    let (a, b) = (to_units(a)?, to_units(b)?);
    if b == 0 {
        return None;
    }
    // Both are below 2^94, so the remainder may be multiplied by 10^9 at once.
    let whole = (a / b).checked_mul(UNIT)?;
    from_units(whole.checked_add((a % b).checked_mul(UNIT)? / b)?)
}

pub(crate) fn rem(a: Decimal, b: Decimal) -> Option<Decimal> {
    from_units(to_units(a)?.checked_rem(to_units(b)?)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn d(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    #[test]
    fn quotients_and_products_are_cut_towards_zero() {
        assert_eq!(div(d("2"), d("3")), Some(d("0.666666666")));
        assert_eq!(div(d("-2"), d("3")), Some(d("-0.666666666")));
        assert_eq!(div(d("1"), d("0")), None);
        assert_eq!(mul(d("0.0001"), d("0.000019")), Some(d("0.000000001")));
        assert_eq!(rem(d("-7.5"), d("2")), Some(d("-1.5")));
        assert_eq!(rem(d("1"), d("0.0")), None);
    }

    #[test]
    fn what_leaves_the_range_is_nothing() {
        let most = d("9999999999999999999.999999999");
        assert_eq!(add(most, d("0")), Some(most));
        assert_eq!(add(most, d("0.000000001")), None);
        assert_eq!(sub(-most, d("0.000000001")), None);
        assert_eq!(mul(most, most), None);
        assert_eq!(div(most, d("0.1")), None);
        assert_eq!(div(most, d("0.000000001")), None);
    }

    /// Schoolbook multiplication on decimal digits, as an oracle.
    fn digits_product(a: u128, b: u128) -> Vec<u32> {
        let split = |n: u128| -> Vec<u32> {
            n.to_string()
                .bytes()
                .rev()
                .map(|c| u32::from(c - b'0'))
                .collect()
        };
        let (a, b) = (split(a), split(b));
        let mut sum = vec![0_u32; a.len() + b.len()];
        for (i, x) in a.iter().enumerate() {
            for (j, y) in b.iter().enumerate() {
                sum[i + j] += x * y;
            }
        }
        for i in 1..sum.len() {
            sum[i] += sum[i - 1] / 10;
            sum[i - 1] %= 10;
        }
        sum
    }

    fn value(digits: &[u32]) -> Option<u128> {
        digits.iter().rev().try_fold(0_u128, |value, digit| {
            value.checked_mul(10)?.checked_add(u128::from(*digit))
        })
    }

    proptest! {
        #[test]
        fn products_agree_with_the_schoolbook(
            a in 0_u128..10_000_000_000_000_000_000_000_000_000,
            b in 0_u128..10_000_000_000_000_000_000_000_000_000,
            shift in 0_u32..28,
        ) {
            let b = b / 10_u128.pow(shift);
            let expected = value(&digits_product(a, b)[9.min(digits_product(a, b).len())..])
                .filter(|units| *units < 10_000_000_000_000_000_000_000_000_000);
            let product = mul_units(a.cast_signed(), b.cast_signed())
                .filter(|units| in_range(*units))
                .map(i128::cast_unsigned);
            prop_assert_eq!(product, expected);
        }

        #[test]
        fn a_quotient_is_the_greatest_that_does_not_exceed(
            a in 0_i128..10_000_000_000_000_000_000_000_000_000,
            b in 1_i128..1_000_000_000_000_000,
        ) {
            // q·b ≤ a·10^9 < (q + 1)·b, in digits, because the products exceed 128 bits.
            if let Some(q) = div(from_units(a).unwrap(), from_units(b).unwrap()) {
                let q = to_units(q).unwrap().cast_unsigned();
                let b = b.cast_unsigned();
                let scaled = format!("{a}000000000");
                let text = |n: u128| -> String {
                    let mut digits = digits_product(n, b);
                    while digits.len() > 1 && digits.last() == Some(&0) { digits.pop(); }
                    digits.iter().rev().map(u32::to_string).collect()
                };
                let key = |s: &str| { let s = s.trim_start_matches('0').to_owned(); (s.len(), s) };
                prop_assert!(key(&text(q)) <= key(&scaled));
                prop_assert!(key(&scaled) < key(&text(q + 1)));
            }
        }
    }
}
