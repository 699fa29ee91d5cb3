SELECT kith.create_service('integrations');

-- Where events of records are sent. What the columns mean stands in
-- crates/integrations/src/webhook/model.rs.
CREATE TABLE integrations.webhook (
    workspace_id    uuid NOT NULL,
    id              uuid NOT NULL,
    url             text NOT NULL,
    description     text NOT NULL,
    object_key      text,
    verbs           text[] NOT NULL,
    filter          text,
    active          boolean NOT NULL,
    disabled_reason text,
    disabled_at     timestamptz,
    -- Encrypted; the former one is good for signatures until it ends.
    secret          bytea NOT NULL,
    former_secret   bytea,
    former_until    timestamptz,
    -- Since when nothing but failures came back.
    failing_since   timestamptz,
    created_by      uuid NOT NULL,
    version         bigint NOT NULL,
    created_at      timestamptz NOT NULL,
    updated_at      timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, id)
);

-- Not in blocks per session: later must be greater.
CREATE SEQUENCE integrations.delivery_seq;
-- What is sent, and what became of it. `waiting` deliveries of one webhook and subject go out one
-- after the other, by `seq`: only the first of them has a `due_at`, the others get theirs when it is
-- done.
CREATE TABLE integrations.delivery (
    workspace_id uuid NOT NULL,
    webhook_id   uuid NOT NULL,
    id           uuid NOT NULL,
    seq          bigint NOT NULL DEFAULT nextval('integrations.delivery_seq'),
    event_id     uuid NOT NULL,
    type         text NOT NULL,
    subject_id   uuid NOT NULL,
    payload      text NOT NULL,
    state        text NOT NULL CHECK (state IN ('waiting', 'delivered', 'failed')),
    attempts     integer NOT NULL DEFAULT 0,
    due_at       timestamptz,
    -- The process that sends it now, and how often it was taken: an answer counts for its own taking only.
    holder       uuid,
    taken        integer NOT NULL DEFAULT 0,
    -- Of each attempt: when, how long, what came back.
    log          jsonb NOT NULL DEFAULT '[]',
    created_at   timestamptz NOT NULL,
    finished_at  timestamptz,
    PRIMARY KEY (workspace_id, webhook_id, id),
    FOREIGN KEY (workspace_id, webhook_id) REFERENCES integrations.webhook ON DELETE CASCADE
) WITH (fillfactor = 80);
-- No other index begins like the primary key and has all rows: it would be taken for the key's lookups
-- as long as there are no statistics. What was noted in a time is found by its ids, which begin with it.
CREATE INDEX delivery_due ON integrations.delivery (workspace_id, webhook_id, due_at, seq)
    WHERE due_at IS NOT NULL AND holder IS NULL;
CREATE INDEX delivery_line ON integrations.delivery (workspace_id, subject_id, webhook_id, seq) WHERE state = 'waiting';
CREATE INDEX delivery_held ON integrations.delivery (holder) WHERE holder IS NOT NULL;
CREATE INDEX delivery_finished ON integrations.delivery (finished_at) WHERE finished_at IS NOT NULL;
CREATE INDEX delivery_failed ON integrations.delivery (workspace_id, webhook_id, id) WHERE state = 'failed';

-- The key that a workspace's secrets are encrypted with, itself encrypted with the master key.
CREATE TABLE integrations.data_key (
    workspace_id uuid PRIMARY KEY,
    wrapped      bytea NOT NULL
);

-- Answers of requests that carried an Idempotency-Key, kept for a day.
CREATE TABLE integrations.idempotency (
    workspace_id uuid NOT NULL,
    user_id      uuid NOT NULL,
    key          text NOT NULL,
    fingerprint  bytea NOT NULL,
    status       smallint,
    headers      jsonb,
    body         bytea,
    created_at   timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, user_id, key)
);
CREATE INDEX ON integrations.idempotency (created_at);

SELECT kith.create_event_log('integrations');
SELECT kith.create_readers('integrations');
SELECT kith.protect(('integrations.' || name)::regclass)
FROM unnest(ARRAY['webhook', 'delivery', 'data_key', 'idempotency']) AS name;
