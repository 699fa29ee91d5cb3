-- Changes of many records at once. What the columns mean stands in
-- crates/records/src/bulk/model.rs.
CREATE TABLE records.bulk (
    workspace_id uuid NOT NULL,
    id           uuid NOT NULL,
    object_key   text NOT NULL,
    state        text NOT NULL,
    request      jsonb NOT NULL,
    progress     jsonb NOT NULL DEFAULT '{}',
    error        text,
    -- The batch that is changed next; the one before it is undone next.
    next_batch   integer NOT NULL DEFAULT 0,
    created_by   uuid NOT NULL,
    created_at   timestamptz NOT NULL,
    undone_by    uuid,
    finished_at  timestamptz,
    -- When work on it began last: the one that waited longest is next.
    worked_at    timestamptz NOT NULL,
    -- The process that works on it, and until when it holds it without a sign of life.
    lease_holder uuid,
    leased_until timestamptz,
    PRIMARY KEY (workspace_id, id)
);
CREATE INDEX bulk_waiting ON records.bulk (worked_at) WHERE state IN ('collecting', 'running', 'undoing');
CREATE INDEX bulk_of_user ON records.bulk (workspace_id, created_by, id);
CREATE INDEX bulk_finished ON records.bulk (finished_at) WHERE finished_at IS NOT NULL;

-- The records that a bulk change is about, fixed when it starts.
CREATE TABLE records.bulk_batch (
    workspace_id uuid NOT NULL,
    bulk_id      uuid NOT NULL,
    number       integer NOT NULL,
    record_ids   uuid[] NOT NULL,
    PRIMARY KEY (workspace_id, bulk_id, number),
    FOREIGN KEY (workspace_id, bulk_id) REFERENCES records.bulk ON DELETE CASCADE
);

SELECT kith.protect(('records.' || name)::regclass) FROM unnest(ARRAY['bulk', 'bulk_batch']) AS name;
