//! PostgreSQL's settings, fitted to the machine.

use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use super::directory::{free_bytes, refused};
use crate::StoreError;

const MIB: u64 = 1 << 20;
const GIB: u64 = 1 << 30;

/// Writes the settings and returns the file's path.
pub(super) fn write(data: &Path, sockets: &Path, durable: bool) -> Result<PathBuf, StoreError> {
    let path = data.join("postgres.conf");
    let machine = Machine {
        memory: memory().unwrap_or(2 * GIB),
        free_disk: free_bytes(data).unwrap_or(20 * GIB),
        shared_memory: free_bytes(Path::new("/dev/shm")),
    };
    let text = render(data, sockets, &machine, durable);
    let temporary = data.join("postgres.conf.new");
    fs::write(&temporary, text)
        .and_then(|()| fs::set_permissions(&temporary, fs::Permissions::from_mode(0o644)))
        .and_then(|()| fs::rename(&temporary, &path))
        .map_err(|error| refused(&path, &error))?;
    Ok(path)
}

struct Machine {
    memory: u64,
    free_disk: u64,
    shared_memory: Option<u64>,
}

fn render(data: &Path, sockets: &Path, machine: &Machine, durable: bool) -> String {
    let shared_buffers = (machine.memory / 8).clamp(128 * MIB, 2 * GIB) / MIB;
    let cache = (machine.memory / 2).max(512 * MIB) / MIB;
    let maintenance = (machine.memory / 32).clamp(64 * MIB, 512 * MIB) / MIB;
    let max_wal = (machine.free_disk / 10).clamp(256 * MIB, 4 * GIB) / MIB;
    // Containers often have 64 MiB of /dev/shm, too little for parallel queries.
    let dynamic = match machine.shared_memory {
        Some(free) if free >= 256 * MIB => "posix",
        _ => "mmap",
    };
    let mut text = String::from(
        "# Written by Kith at each start. Put settings of your own into postgres.local.conf beside this file.\n",
    );
    let mut set = |name: &str, value: &str| {
        let _ = writeln!(text, "{name} = '{}'", value.replace('\'', "''"));
    };
    set("listen_addresses", "");
    set("max_connections", "60");
    set("shared_buffers", &format!("{shared_buffers}MB"));
    set("effective_cache_size", &format!("{cache}MB"));
    set("maintenance_work_mem", &format!("{maintenance}MB"));
    set("work_mem", "16MB");
    set("dynamic_shared_memory_type", dynamic);
    set("random_page_cost", "1.1");
    set("jit", "off");
    set("max_locks_per_transaction", "128");
    set("timezone", "UTC");
    set("log_timezone", "UTC");
    // Errors of statements quote people's data; Kith logs them itself, without it.
    set("log_min_messages", "log");
    set("log_min_error_statement", "panic");
    set("log_checkpoints", "off");
    set("log_line_prefix", "%m [%p] ");
    set("logging_collector", "off");
    if durable {
        set("wal_level", "logical");
        set("max_wal_size", &format!("{max_wal}MB"));
        set("min_wal_size", "128MB");
        set("checkpoint_timeout", "15min");
        set("max_wal_senders", "4");
        set("max_replication_slots", "4");
        set("autovacuum_max_workers", "2");
    } else {
        // Commits outlive PostgreSQL's death, not the machine's.
        for name in ["fsync", "full_page_writes", "autovacuum"] {
            set(name, "off");
        }
        // Killed clusters must not leave memory behind.
        set("dynamic_shared_memory_type", "mmap");
        set("max_connections", "200");
        set("shared_buffers", "128MB");
        set("wal_level", "minimal");
        set("max_wal_senders", "0");
        set("max_wal_size", "256MB");
        set("min_wal_size", "80MB");
    }
    set(
        "include_if_exists",
        &data.join("postgres.local.conf").to_string_lossy(),
    );
    // Kith finds PostgreSQL by these.
    set("data_directory", &data.join("postgres").to_string_lossy());
    set("unix_socket_directories", &sockets.to_string_lossy());
    set("unix_socket_permissions", "0700");
    set("port", "5432");
    text
}

/// Bytes of memory that this machine or container has.
fn memory() -> Option<u64> {
    let machine = fs::read_to_string("/proc/meminfo").ok().and_then(|text| {
        let line = text.lines().find(|line| line.starts_with("MemTotal:"))?;
        let kib: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
        Some(kib * 1024)
    });
    let container = fs::read_to_string("/sys/fs/cgroup/memory.max")
        .ok()
        .and_then(|text| text.trim().parse::<u64>().ok());
    match (machine, container) {
        (Some(machine), Some(container)) => Some(machine.min(container)),
        (machine, container) => machine.or(container),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn setting(memory: u64, free_disk: u64, name: &str) -> String {
        let machine = Machine {
            memory,
            free_disk,
            shared_memory: Some(64 * MIB),
        };
        let text = render(Path::new("/d'ata"), Path::new("/run"), &machine, true);
        let start = format!("{name} = ");
        let line = text.lines().find(|line| line.starts_with(&start)).unwrap();
        line[start.len()..].to_owned()
    }

    #[test]
    fn memory_is_shared_fairly_on_small_and_large_machines() {
        assert_eq!(setting(GIB, 100 * GIB, "shared_buffers"), "'128MB'");
        assert_eq!(setting(8 * GIB, 100 * GIB, "shared_buffers"), "'1024MB'");
        assert_eq!(setting(512 * GIB, 100 * GIB, "shared_buffers"), "'2048MB'");
    }

    #[test]
    fn the_log_takes_no_more_than_a_tenth_of_a_small_disk() {
        assert_eq!(setting(GIB, 5 * GIB, "max_wal_size"), "'512MB'");
        assert_eq!(setting(GIB, 500 * GIB, "max_wal_size"), "'4096MB'");
    }

    #[test]
    fn quotes_in_paths_are_doubled_and_small_shared_memory_is_avoided() {
        assert_eq!(setting(GIB, GIB, "data_directory"), "'/d''ata/postgres'");
        assert_eq!(setting(GIB, GIB, "dynamic_shared_memory_type"), "'mmap'");
    }
}
