-- Saved views of lists, boards and calendars. What the columns mean stands in
-- crates/records/src/view/model.rs.
CREATE TABLE records.view (
    workspace_id uuid NOT NULL,
    id           uuid NOT NULL,
    object_key   text NOT NULL,
    owner_id     uuid NOT NULL,
    name         text NOT NULL,
    kind         text NOT NULL,
    shared       boolean NOT NULL,
    layout       jsonb NOT NULL,
    version      bigint NOT NULL DEFAULT 1,
    created_at   timestamptz NOT NULL,
    updated_at   timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, id)
);
CREATE INDEX view_shared ON records.view (workspace_id, object_key, id) WHERE shared;
CREATE INDEX view_of_owner ON records.view (workspace_id, owner_id, object_key, id);

-- The view that opens first: one for each user and object, and one for everybody, whose user is
-- the nil UUID.
CREATE TABLE records.view_default (
    workspace_id uuid NOT NULL,
    object_key   text NOT NULL,
    user_id      uuid NOT NULL,
    view_id      uuid NOT NULL,
    PRIMARY KEY (workspace_id, object_key, user_id),
    FOREIGN KEY (workspace_id, view_id) REFERENCES records.view ON DELETE CASCADE
);
CREATE INDEX view_default_of_view ON records.view_default (workspace_id, view_id);

SELECT kith.protect(('records.' || name)::regclass) FROM unnest(ARRAY['view', 'view_default']) AS name;
