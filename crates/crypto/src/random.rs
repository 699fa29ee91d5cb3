//! Randomness for secrets.

/// `N` bytes from the thread's cryptographic generator, which the operating system seeds.
pub fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    rand::fill(&mut bytes[..]);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_differ_from_call_to_call() {
        assert_ne!(random_bytes::<32>(), random_bytes::<32>());
    }
}
