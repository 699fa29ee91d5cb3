//! Exports of other systems, known by the columns that they begin with.
//!
//! A target is a field as plans write it. `field@by` says by what a relation finds its record;
//! `-` that a column has no place here.

mod espocrm;
mod hubspot;
mod odoo;
mod pipedrive;
mod salesforce;
mod suitecrm;
mod zoho;

/// What is known about one kind of export.
#[derive(Debug)]
pub(crate) struct Preset {
    /// Whose export it is.
    pub(crate) system: &'static str,
    /// The key of the object that its rows become.
    pub(crate) object: &'static str,
    /// Columns without which it is another export.
    pub(crate) signature: &'static [&'static str],
    /// Columns and their targets.
    pub(crate) columns: &'static [(&'static str, &'static str)],
}

impl Preset {
    /// The target of a column, where the export has that column.
    pub(crate) fn target(&self, column: &str) -> Option<&'static str> {
        let same = |(name, _): &&(&str, &str)| name.eq_ignore_ascii_case(column);
        self.columns.iter().find(same).map(|(_, target)| *target)
    }
}

/// The preset for records of `object` of which `header` has the most columns.
pub(crate) fn detect(object: &str, header: &[&str]) -> Option<&'static Preset> {
    let has = |name: &str| {
        header
            .iter()
            .any(|column| column.eq_ignore_ascii_case(name))
    };
    let known = |preset: &Preset| {
        header
            .iter()
            .filter(|column| preset.target(column).is_some())
            .count()
    };
    (all().filter(|preset| preset.object == object))
        .filter(|preset| preset.signature.iter().all(|name| has(name)))
        // Most of the columns have to be the system's own.
        .filter(|preset| known(preset) * 10 >= header.len() * 6)
        .max_by_key(|preset| known(preset))
}

/// The preset of this system for this object.
pub(crate) fn find(system: &str, object: &str, header: &[&str]) -> Option<&'static Preset> {
    let known = |preset: &Preset| {
        header
            .iter()
            .filter(|column| preset.target(column).is_some())
            .count()
    };
    (all().filter(|preset| preset.object == object && preset.system.eq_ignore_ascii_case(system)))
        .max_by_key(|preset| known(preset))
}

fn all() -> impl Iterator<Item = &'static Preset> {
    [
        salesforce::PRESETS,
        hubspot::PRESETS,
        pipedrive::PRESETS,
        espocrm::PRESETS,
        suitecrm::PRESETS,
        odoo::PRESETS,
        zoho::PRESETS,
    ]
    .into_iter()
    .flatten()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::catalog::Catalog;
    use crate::catalog::standard::OBJECTS;
    use crate::import::analyse::plan_of_preset;
    use crate::import::plan::Compiled;

    #[test]
    fn every_preset_makes_a_plan_that_can_be_carried_out() {
        let catalog = Arc::new(Catalog::new(0, OBJECTS.clone()));
        for preset in all() {
            let object = catalog.by_key(preset.object).unwrap();
            let header: Vec<String> = preset
                .columns
                .iter()
                .map(|(name, _)| (*name).to_owned())
                .collect();
            let names: Vec<&str> = header.iter().map(String::as_str).collect();
            let plan = plan_of_preset(&catalog, object, preset, &names);
            assert!(plan.by.is_some(), "{} {}", preset.system, preset.object);
            if let Err(refused) = Compiled::new(Arc::clone(&catalog), preset.object, plan, &header)
            {
                panic!("{} {}: {:?}", preset.system, preset.object, refused.fields);
            }
            assert!(
                preset
                    .signature
                    .iter()
                    .all(|name| preset.target(name).is_some())
            );
        }
    }
}
