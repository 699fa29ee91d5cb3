-- What users are told. What `data` has stands in crates/notifications/src/inbox/model.rs.
CREATE TABLE notifications.notification (
    workspace_id uuid NOT NULL,
    user_id      uuid NOT NULL,
    id           uuid NOT NULL,
    kind         text NOT NULL,
    -- The event, or the reminder, that it comes from: nobody is told twice of the same.
    source_id    uuid NOT NULL,
    data         jsonb NOT NULL,
    created_at   timestamptz NOT NULL,
    read_at      timestamptz,
    PRIMARY KEY (workspace_id, user_id, id),
    CONSTRAINT notification_once UNIQUE (workspace_id, user_id, source_id, kind)
);
CREATE INDEX notification_unread ON notifications.notification (workspace_id, user_id, id) WHERE read_at IS NULL;
CREATE INDEX notification_age ON notifications.notification (created_at);

-- Tasks as far as reminders need to know them, kept by a reader of the records' log.
CREATE TABLE notifications.task (
    workspace_id uuid NOT NULL,
    task_id      uuid NOT NULL,
    name         text NOT NULL,
    assignee_id  uuid,
    owner_id     uuid,
    due_at       timestamptz,
    done         boolean NOT NULL,
    deleted      boolean NOT NULL,
    -- The time that was reminded of, or that had passed when it was set.
    reminded_of  timestamptz,
    PRIMARY KEY (workspace_id, task_id)
);
CREATE INDEX task_due ON notifications.task (due_at)
    WHERE due_at IS NOT NULL AND NOT done AND NOT deleted AND reminded_of IS DISTINCT FROM due_at;

SELECT kith.create_event_log('notifications');
SELECT kith.create_readers('notifications');
SELECT kith.create_jobs('notifications');
SELECT kith.protect(('notifications.' || name)::regclass) FROM unnest(ARRAY['notification', 'task']) AS name;
