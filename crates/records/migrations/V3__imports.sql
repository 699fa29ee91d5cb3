-- What each column means stands in crates/records/src/import.

-- A file that was sent to be imported, and what became of it. The file itself is on disk.
CREATE TABLE records.import (
    workspace_id     uuid NOT NULL,
    id               uuid NOT NULL,
    object_key       text NOT NULL,
    file_name        text NOT NULL,
    file_bytes       bigint NOT NULL,
    state            text NOT NULL,
    cancel_requested boolean NOT NULL DEFAULT false,
    analysis         jsonb NOT NULL,
    plan             jsonb,
    dry_run          jsonb,
    undo             jsonb,
    error            text,
    -- How many writers share the rows; fixed when the import starts.
    lanes            smallint NOT NULL DEFAULT 2,
    users_created    bigint NOT NULL DEFAULT 0,
    rows_per_second  double precision,
    created_by       uuid NOT NULL,
    created_at       timestamptz NOT NULL,
    started_by       uuid,
    queued_at        timestamptz,
    started_at       timestamptz,
    finished_at      timestamptz,
    -- The process that works on it, and until when it holds it without a sign of life.
    lease_holder     uuid,
    leased_until     timestamptz,
    PRIMARY KEY (workspace_id, id)
);
CREATE INDEX import_waiting ON records.import (queued_at) WHERE state IN ('checking', 'running', 'undoing');

-- How far each writer has come, written with the rows themselves. Pass 1 writes the rows, pass 2
-- sets the relations between rows of the same file.
CREATE TABLE records.import_lane (
    workspace_id uuid NOT NULL,
    import_id    uuid NOT NULL,
    pass         smallint NOT NULL,
    lane         smallint NOT NULL,
    -- The least number of a row that this lane hasn't done, and where in the file it stands.
    next_row     bigint NOT NULL,
    position     jsonb,
    finished     boolean NOT NULL DEFAULT false,
    read         bigint NOT NULL DEFAULT 0,
    created      bigint NOT NULL DEFAULT 0,
    updated      bigint NOT NULL DEFAULT 0,
    unchanged    bigint NOT NULL DEFAULT 0,
    rejected     bigint NOT NULL DEFAULT 0,
    adjusted     bigint NOT NULL DEFAULT 0,
    related      bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (workspace_id, import_id, pass, lane)
);

-- The records that an import wrote, a thousand at a time: what undoing needs.
CREATE TABLE records.import_batch (
    workspace_id uuid NOT NULL,
    import_id    uuid NOT NULL,
    id           uuid NOT NULL,
    object_key   text NOT NULL,
    first_row    bigint NOT NULL,
    last_row     bigint NOT NULL,
    -- The rows' numbers, as many as record ids; empty for records that rows only named.
    row_numbers  bigint[] NOT NULL,
    record_ids   uuid[] NOT NULL,
    PRIMARY KEY (workspace_id, import_id, id)
);
CREATE INDEX ON records.import_batch (workspace_id, import_id, first_row);

-- Rows that were rejected, or imported without some of their values.
CREATE TABLE records.import_issue (
    workspace_id uuid NOT NULL,
    import_id    uuid NOT NULL,
    row_number   bigint NOT NULL,
    pass         smallint NOT NULL,
    line         bigint NOT NULL,
    rejected     boolean NOT NULL,
    reasons      jsonb NOT NULL,
    cells        text[] NOT NULL,
    PRIMARY KEY (workspace_id, import_id, row_number, pass)
);

SELECT kith.protect(('records.' || name)::regclass)
FROM unnest(ARRAY['import', 'import_lane', 'import_batch', 'import_issue']) AS name;
