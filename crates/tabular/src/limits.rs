//! The bounds that keep memory and time finite whatever the file holds.

/// Bounds on what is read. The defaults suit files of any honest size.
#[derive(Clone, Debug)]
pub struct Limits {
    /// The longest cell, in bytes of UTF-8. A longer one is cut and reported on its row.
    pub cell_bytes: usize,
    /// The longest row, in bytes of UTF-8. A longer one is skipped and reported.
    pub row_bytes: usize,
    /// The most columns. A header with more refuses the file.
    pub columns: usize,
    /// Over how many lines a quoted cell may run before its quote counts as unclosed.
    pub quoted_lines: usize,
    /// Bounds on workbooks.
    pub workbook: WorkbookLimits,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            cell_bytes: 1 << 20,
            row_bytes: 4 << 20,
            columns: 2_000,
            quoted_lines: 1_000,
            workbook: WorkbookLimits::default(),
        }
    }
}

/// Bounds on XLSX files, all counted on the bytes that really come out of the decompressor.
#[derive(Clone, Debug)]
pub struct WorkbookLimits {
    /// The most entries in the archive.
    pub entries: usize,
    /// The most bytes that all parts together may unpack to.
    pub total_bytes: u64,
    /// The most bytes that a sheet may unpack to.
    pub sheet_bytes: u64,
    /// The most bytes that the table of shared strings may unpack to.
    pub strings_bytes: u64,
    /// The most bytes that any other part (styles, relations) may unpack to.
    pub part_bytes: u64,
    /// How many times larger than packed a part may get, once it is over `ratio_from` bytes.
    pub ratio: u64,
    /// Below this size no ratio is suspicious.
    pub ratio_from: u64,
    /// How many bytes of shared strings stay in memory; the rest goes to a temporary file.
    pub strings_in_memory: usize,
}

impl Default for WorkbookLimits {
    fn default() -> Self {
        Self {
            entries: 2_000,
            total_bytes: 1 << 30,
            sheet_bytes: 1 << 30,
            strings_bytes: 512 << 20,
            part_bytes: 16 << 20,
            ratio: 250,
            ratio_from: 32 << 20,
            strings_in_memory: 32 << 20,
        }
    }
}
