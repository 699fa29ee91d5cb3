//! Tables read and written as their users have them.

#[cfg(test)]
mod arbitrary;
#[cfg(test)]
mod bombs;
#[cfg(test)]
mod damaged;
#[cfg(test)]
mod files;
#[cfg(test)]
mod packing;
#[cfg(test)]
mod profiles;
#[cfg(test)]
mod round_trip;
#[cfg(test)]
mod sniffing;
#[cfg(test)]
mod support;
#[cfg(test)]
mod workbooks;
