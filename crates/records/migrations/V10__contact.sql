-- When somebody was last in touch with a record, and when the next task or meeting is: a copy of
-- what interactions know, so that lists sort and filter by it.
DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['company', 'person', 'deal'] LOOP
        EXECUTE format('ALTER TABLE records.%I ADD COLUMN last_contacted_at timestamptz, '
            'ADD COLUMN next_activity_at timestamptz', name);
        EXECUTE format('CREATE INDEX ON records.%I (workspace_id, last_contacted_at, id) '
            'WHERE last_contacted_at IS NOT NULL', name);
        EXECUTE format('CREATE INDEX ON records.%I (workspace_id, next_activity_at, id) '
            'WHERE next_activity_at IS NOT NULL', name);
    END LOOP;
END $$;

-- Up to which change the copy has come.
CREATE TABLE records.contact_copy (
    workspace_id uuid PRIMARY KEY,
    revision     bigint NOT NULL
);
SELECT kith.protect('records.contact_copy');
