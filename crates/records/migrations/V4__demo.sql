-- A workspace's demo data: what was asked for, and how far it has come. What the columns mean
-- stands in crates/records/src/demo/model.rs.
CREATE TABLE records.demo (
    workspace_id uuid PRIMARY KEY,
    id           uuid NOT NULL,
    state        text NOT NULL,
    plan         jsonb NOT NULL,
    progress     jsonb NOT NULL,
    error        text,
    started_by   uuid NOT NULL,
    started_at   timestamptz NOT NULL,
    finished_at  timestamptz,
    -- When work on it began last: whose demo waited longest is next.
    worked_at    timestamptz NOT NULL,
    -- The process that works on it, and until when it holds it without a sign of life.
    lease_holder uuid,
    leased_until timestamptz
);
CREATE INDEX demo_waiting ON records.demo (worked_at) WHERE state IN ('filling', 'removing');

-- The records that belong to demo data, a thousand at a time.
CREATE TABLE records.demo_batch (
    workspace_id uuid NOT NULL,
    object_key   text NOT NULL,
    id           uuid NOT NULL,
    record_ids   uuid[] NOT NULL,
    PRIMARY KEY (workspace_id, object_key, id)
);

SELECT kith.protect(('records.' || name)::regclass) FROM unnest(ARRAY['demo', 'demo_batch']) AS name;
