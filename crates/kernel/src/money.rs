//! Amounts of money: exact, in one currency, never a float.

use std::fmt;
use std::str::FromStr;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A currency of ISO 4217.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Currency([u8; 3]);

impl Currency {
    /// The US dollar.
    pub const USD: Self = Self(*b"USD");
    /// The euro.
    pub const EUR: Self = Self(*b"EUR");

    /// The currency of a three-letter code, in either case.
    pub fn from_code(code: &str) -> Option<Self> {
        let upper = code.trim().to_ascii_uppercase();
        let known = iso_currency::Currency::from_code(&upper)?;
        known.code().as_bytes().try_into().ok().map(Self)
    }

    /// The three-letter code, upper case.
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("XXX")
    }

    /// How many decimal places an amount has: 2 for EUR, 0 for JPY, 3 for KWD.
    pub fn digits(self) -> u32 {
        iso_currency::Currency::from_code(self.code())
            .and_then(iso_currency::Currency::exponent)
            .map_or(2, u32::from)
            .min(Money::SCALE)
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl Serialize for Currency {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = String::deserialize(deserializer)?;
        Self::from_code(&code).ok_or_else(|| {
            serde::de::Error::custom(format!("{code:?} is not a currency of ISO 4217"))
        })
    }
}

/// An amount in one currency.
///
/// The amount is kept in ten-thousandths of the currency's unit, whatever its
/// number of decimal places, so that amounts of several currencies compare and
/// sort by their value. The range is ±922 trillion units.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Money {
    /// Ten-thousandths of a unit.
    pub units: i64,
    /// The currency.
    pub currency: Currency,
}

/// Why a text is not an amount of money.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Not a decimal number.
    #[error("must be a decimal number such as \"1054.00\"")]
    NotANumber,
    /// More decimal places than the currency has.
    #[error("must have at most {1} decimal places in {0}")]
    TooPrecise(Currency, u32),
    /// Beyond what can be stored.
    #[error("must be between -922337203685477.5807 and 922337203685477.5807")]
    OutOfRange,
}

impl Money {
    /// The number of decimal places in which amounts are kept.
    pub const SCALE: u32 = 4;

    /// Reads a decimal number, without grouping, as an amount of `currency`.
    pub fn parse(text: &str, currency: Currency) -> Result<Self, MoneyError> {
        let amount = Decimal::from_str(text.trim())
            .or_else(|_| Decimal::from_scientific(text.trim()))
            .map_err(|_| MoneyError::NotANumber)?;
        Self::from_decimal(amount, currency)
    }

    /// An amount of `currency`; refuses more decimal places than the currency has.
    pub fn from_decimal(amount: Decimal, currency: Currency) -> Result<Self, MoneyError> {
        let amount = amount.normalize();
        if amount.scale() > currency.digits() {
            return Err(MoneyError::TooPrecise(currency, currency.digits()));
        }
        let units = amount
            .checked_mul(Decimal::from(10_i64.pow(Self::SCALE)))
            .and_then(|scaled| scaled.to_i64())
            .ok_or(MoneyError::OutOfRange)?;
        Ok(Self { units, currency })
    }

    /// The amount as a decimal number.
    pub fn to_decimal(self) -> Decimal {
        Decimal::new(self.units, Self::SCALE)
    }

    /// The amount as a decimal string with the currency's decimal places, such as `1054.00`.
    pub fn amount_string(self) -> String {
        Self::format(self.to_decimal(), self.currency)
    }

    /// `amount` as a decimal string with at least the decimal places of `currency`.
    pub fn format(amount: Decimal, currency: Currency) -> String {
        let mut amount = amount.normalize();
        if amount.scale() < currency.digits() {
            amount.rescale(currency.digits());
        }
        amount.to_string()
    }
}

impl Serialize for Money {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct;
        let mut object = serializer.serialize_struct("Money", 2)?;
        object.serialize_field("amount", &self.amount_string())?;
        object.serialize_field("currency", &self.currency)?;
        object.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn amounts_keep_to_their_currency() {
        let yen = Currency::from_code("jpy").unwrap();
        assert_eq!(yen.digits(), 0);
        assert_eq!(
            Money::parse("10.5", yen),
            Err(MoneyError::TooPrecise(yen, 0))
        );
        assert_eq!(
            Money::parse("10.50", Currency::EUR)
                .unwrap()
                .amount_string(),
            "10.50"
        );
        assert_eq!(
            Money::parse("1e3", Currency::EUR).unwrap().amount_string(),
            "1000.00"
        );
        assert_eq!(
            Money::parse("99999999999999999", Currency::EUR),
            Err(MoneyError::OutOfRange)
        );
        assert_eq!(Currency::from_code("EURO"), None);
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(cents in -90_000_000_000_000_000_i64..90_000_000_000_000_000) {
            let money = Money { units: (cents / 100) * 100, currency: Currency::EUR };
            prop_assert_eq!(Money::parse(&money.amount_string(), Currency::EUR), Ok(money));
        }
    }
}
