//! Adding values to those that a record has.

use crate::value::Value;

/// `new` in the place of `old`; but members are added to lists and to relations to many, and
/// parts to addresses.
pub fn merged(old: &Value, new: Value) -> Value {
    match (old, new) {
        (Value::List(old), Value::List(new)) => {
            let mut all = old.clone();
            for item in new {
                if !all.contains(&item) {
                    all.push(item);
                }
            }
            Value::List(all)
        }
        (Value::Links(old), Value::Links(new)) => {
            let mut all = old.clone();
            for link in new {
                if all.iter().all(|known| known.id != link.id) {
                    all.push(link);
                }
            }
            Value::Links(all)
        }
        (Value::Address(old), Value::Address(mut new)) => {
            let mut all = old.clone();
            for (part, given) in all.parts_mut().into_iter().zip(new.parts_mut()) {
                if given.is_some() {
                    *part = given.take();
                }
            }
            Value::Address(all)
        }
        (_, new) => new,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Address;

    #[test]
    fn lists_and_addresses_grow_and_the_rest_is_replaced() {
        let list =
            |items: &[&str]| Value::List(items.iter().map(|item| (*item).to_owned()).collect());
        assert_eq!(
            merged(&list(&["a", "b"]), list(&["b", "c"])),
            list(&["a", "b", "c"])
        );
        let address = |city: Option<&str>, country: Option<&str>| {
            Value::Address(Box::new(Address {
                city: city.map(str::to_owned),
                country: country.map(str::to_owned),
                ..Address::default()
            }))
        };
        let both = address(Some("Bonn"), Some("DE"));
        assert_eq!(
            merged(&address(Some("Bonn"), None), address(None, Some("DE"))),
            both
        );
        assert_eq!(
            merged(&both, address(Some("Köln"), None)),
            address(Some("Köln"), Some("DE"))
        );
        assert_eq!(merged(&Value::Int(1), Value::Int(2)), Value::Int(2));
        assert_eq!(merged(&list(&["a"]), Value::Null), Value::Null);
    }
}
