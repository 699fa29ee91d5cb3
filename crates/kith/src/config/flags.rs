//! Settings as flags of the commands that use them.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::{Arg, ArgAction, ArgMatches, Command};

use super::keys::{KEYS, Key, Kind, UsedBy};
use super::sources::{Settings, Surroundings};

macro_rules! flags {
    ($($(#[$doc:meta])* $name:ident = $users:expr;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug)]
        pub(crate) struct $name(Surroundings);

        impl $name {
            /// The settings of flags, environment and file.
            pub(crate) fn settings(&self) -> anyhow::Result<Settings> {
                Settings::gather(&self.0.clone().with_environment())
            }
        }

        impl clap::Args for $name {
            fn augment_args(command: Command) -> Command {
                augment(command, $users)
            }
            fn augment_args_for_update(command: Command) -> Command {
                augment(command, $users)
            }
        }

        impl clap::FromArgMatches for $name {
            fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
                Ok(Self(read(matches, $users)))
            }
            fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
                self.0 = read(matches, $users);
                Ok(())
            }
        }
    )+};
}

flags! {
    /// Of the server.
    ServerFlags = &[UsedBy::Both, UsedBy::Server];
    /// Of commands that work on the data directory.
    DataFlags = &[UsedBy::Both];
    /// Of commands that talk to a server.
    ClientFlags = &[UsedBy::Client];
    /// Every setting.
    AllFlags = &[UsedBy::Both, UsedBy::Server, UsedBy::Client];
}

fn used(users: &'static [UsedBy]) -> impl Iterator<Item = &'static Key> {
    KEYS.iter().filter(move |key| users.contains(&key.used_by))
}

fn augment(command: Command, users: &'static [UsedBy]) -> Command {
    let file = Arg::new("config")
        .long("config")
        .value_name("FILE")
        .value_parser(clap::value_parser!(PathBuf))
        .help("Configuration file, TOML. Default: kith.toml in the data directory, if it is there")
        .help_heading("Settings (also as variables and in the file)");
    used(users).fold(command.arg(file), |command, key| {
        let variable = key.variable();
        let default = match key.default {
            "" => String::new(),
            default => format!(" [default: {default}]"),
        };
        let arg = Arg::new(key.name)
            .long(key.flag())
            .action(ArgAction::Set)
            .help(format!("{} [env: {variable}]{default}", key.help))
            .help_heading("Settings (also as variables and in the file)");
        command.arg(match key.kind {
            Kind::Flag => arg
                .value_name("true|false")
                .num_args(0..=1)
                .default_missing_value("true"),
            Kind::Number(..) => arg.value_name("NUMBER"),
            Kind::List => arg.value_name("LIST"),
            Kind::Choice(_) => arg.value_name("CHOICE"),
            Kind::Text | Kind::Secret => arg.value_name("VALUE"),
        })
    })
}

fn read(matches: &ArgMatches, users: &'static [UsedBy]) -> Surroundings {
    let flags: BTreeMap<&'static str, String> = used(users)
        .filter_map(|key| Some((key.name, matches.get_one::<String>(key.name)?.clone())))
        .collect();
    Surroundings {
        flags,
        file: matches.get_one("config").cloned(),
        variables: BTreeMap::new(),
    }
}
