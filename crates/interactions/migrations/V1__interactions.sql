-- What the tables mean stands in crates/interactions/src, beside the noun that each is named after.

SELECT kith.create_event_log('interactions');
SELECT kith.create_readers('interactions');
SELECT kith.create_jobs('interactions');

-- The log is what happened: nobody changes it, not even who owns the table. Only rows of months that
-- had no partition of their own yet are moved to it, by the owner.
CREATE FUNCTION interactions.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND TG_TABLE_NAME = 'event_default'
       AND current_user = (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = TG_RELID) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'interactions are never changed: append another one' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER event_is_immutable BEFORE UPDATE OR DELETE ON interactions.event
    FOR EACH ROW EXECUTE FUNCTION interactions.refuse_change();
CREATE TRIGGER event_is_kept BEFORE TRUNCATE ON interactions.event
    FOR EACH STATEMENT EXECUTE FUNCTION interactions.refuse_change();
REVOKE UPDATE, DELETE ON interactions.event FROM kith_system;

-- The keys of contents, wrapped. A destroyed key has neither subject nor wrapping.
CREATE TABLE interactions.data_key (
    workspace_id uuid        NOT NULL,
    id           uuid        NOT NULL,
    kind         text        NOT NULL CHECK (kind IN ('workspace', 'person', 'address')),
    -- The person's id, or the index of the address; empty for the workspace's own key.
    subject      bytea,
    -- With whom the key is destroyed.
    person_id    uuid,
    kek          text,
    wrapped      bytea,
    created_at   timestamptz NOT NULL,
    destroyed_at timestamptz,
    PRIMARY KEY (workspace_id, id)
);
CREATE UNIQUE INDEX data_key_subject ON interactions.data_key (workspace_id, kind, subject) WHERE subject IS NOT NULL;
CREATE INDEX data_key_person ON interactions.data_key (workspace_id, person_id) WHERE person_id IS NOT NULL;
CREATE INDEX data_key_kek ON interactions.data_key (kek, id) WHERE wrapped IS NOT NULL;

-- Which external ids are taken, by an index of workspace, source and id that tells nothing of them.
CREATE TABLE interactions.external (
    workspace_id   uuid  NOT NULL,
    index          bytea NOT NULL,
    interaction_id uuid  NOT NULL,
    PRIMARY KEY (workspace_id, index)
);

CREATE TABLE interactions.interaction_type (
    workspace_id uuid        NOT NULL,
    key          text        NOT NULL,
    name         text        NOT NULL,
    icon         text,
    schema       jsonb,
    version      bigint      NOT NULL,
    created_at   timestamptz NOT NULL,
    updated_at   timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, key)
);

-- Copies of what other services know: users, and people with their addresses, by index.
CREATE TABLE interactions.known_user (
    workspace_id uuid    NOT NULL,
    id           uuid    NOT NULL,
    name         text    NOT NULL,
    address      bytea,
    revision     bigint  NOT NULL,
    PRIMARY KEY (workspace_id, id)
);
CREATE INDEX known_user_address ON interactions.known_user (workspace_id, address) WHERE address IS NOT NULL;
CREATE TABLE interactions.known_person (
    workspace_id uuid    NOT NULL,
    person_id    uuid    NOT NULL,
    company_id   uuid,
    deleted      boolean NOT NULL DEFAULT false,
    PRIMARY KEY (workspace_id, person_id)
);
CREATE TABLE interactions.known_address (
    workspace_id uuid  NOT NULL,
    address      bytea NOT NULL,
    person_id    uuid  NOT NULL,
    PRIMARY KEY (workspace_id, address, person_id)
);
CREATE INDEX known_address_person ON interactions.known_address (workspace_id, person_id);

-- Participants whose address nobody is known by yet, what is to be matched, and which records the
-- interactions of such participants belong to already.
CREATE TABLE interactions.unmatched (
    workspace_id   uuid     NOT NULL,
    address        bytea    NOT NULL,
    interaction_id uuid     NOT NULL,
    participant    smallint NOT NULL,
    key_id         uuid,
    fact           jsonb    NOT NULL,
    PRIMARY KEY (workspace_id, address, interaction_id, participant)
);
CREATE INDEX unmatched_interaction ON interactions.unmatched (workspace_id, interaction_id);
CREATE TABLE interactions.to_match (
    workspace_id uuid  NOT NULL,
    address      bytea NOT NULL,
    PRIMARY KEY (workspace_id, address)
);
CREATE TABLE interactions.link (
    workspace_id   uuid NOT NULL,
    interaction_id uuid NOT NULL,
    record_id      uuid NOT NULL,
    PRIMARY KEY (workspace_id, interaction_id, record_id)
);

CREATE TABLE interactions.erasure (
    workspace_id uuid        NOT NULL,
    id           uuid        NOT NULL,
    person_id    uuid        NOT NULL,
    erased_by    uuid        NOT NULL,
    erased_at    timestamptz NOT NULL,
    keys         integer     NOT NULL,
    PRIMARY KEY (workspace_id, id)
);
CREATE INDEX erasure_person ON interactions.erasure (workspace_id, person_id);

-- Projections. Rows of another generation than the one named here are being built or cleared away.
CREATE TABLE interactions.projection (
    name       text        PRIMARY KEY,
    generation smallint    NOT NULL DEFAULT 0,
    -- Until then those who follow the log wait, so that another generation can take its place.
    held_until timestamptz,
    rebuilt_at timestamptz
);
INSERT INTO interactions.projection (name)
SELECT unnest(ARRAY['timeline', 'summary', 'engagement', 'relationship', 'counts']);
CREATE TABLE interactions.rebuild (
    name       text        PRIMARY KEY REFERENCES interactions.projection,
    generation smallint    NOT NULL,
    -- What is being done: rows are cleared away before and after the log is read.
    phase      text        NOT NULL CHECK (phase IN ('clearing', 'reading', 'tidying')),
    events     bigint      NOT NULL DEFAULT 0,
    started_at timestamptz NOT NULL
);
CREATE TABLE interactions.rebuild_cursor (
    name   text   NOT NULL REFERENCES interactions.rebuild ON DELETE CASCADE,
    source text   NOT NULL,
    xid    xid8   NOT NULL DEFAULT '0',
    seq    bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (name, source)
);
REVOKE INSERT, UPDATE, DELETE ON interactions.projection, interactions.rebuild, interactions.rebuild_cursor FROM kith_app;

CREATE TABLE interactions.timeline (
    workspace_id uuid        NOT NULL,
    generation   smallint    NOT NULL,
    record_id    uuid        NOT NULL,
    occurred_at  timestamptz NOT NULL,
    id           uuid        NOT NULL,
    channel      text        NOT NULL,
    -- What happened: an interaction, or the type of a change of the record.
    type         text        NOT NULL,
    recorded_at  timestamptz NOT NULL,
    detail       jsonb,
    PRIMARY KEY (workspace_id, generation, record_id, occurred_at, id)
);
CREATE INDEX timeline_channel ON interactions.timeline (workspace_id, generation, record_id, channel, occurred_at, id);

CREATE SEQUENCE interactions.summary_revision;
CREATE TABLE interactions.summary (
    workspace_id        uuid     NOT NULL,
    generation          smallint NOT NULL,
    record_id           uuid     NOT NULL,
    object              text     NOT NULL,
    last_contacted_at   timestamptz,
    next_activity_at    timestamptz,
    revision            bigint   NOT NULL,
    PRIMARY KEY (workspace_id, generation, record_id)
);
CREATE INDEX summary_changed ON interactions.summary (workspace_id, generation, revision);
-- Tasks, and meetings that were still to come when they were recorded.
CREATE TABLE interactions.planned (
    workspace_id uuid     NOT NULL,
    generation   smallint NOT NULL,
    id           uuid     NOT NULL,
    record_id    uuid     NOT NULL,
    object       text     NOT NULL,
    meeting      boolean  NOT NULL,
    at           timestamptz,
    open         boolean  NOT NULL,
    deleted      boolean  NOT NULL DEFAULT false,
    PRIMARY KEY (workspace_id, generation, id, record_id)
);
CREATE INDEX planned_record ON interactions.planned (workspace_id, generation, record_id, at)
    WHERE open AND NOT deleted AND at IS NOT NULL;
CREATE INDEX planned_due ON interactions.planned (at) WHERE meeting;
-- Which company a person or a deal is counted with.
CREATE TABLE interactions.belongs (
    workspace_id uuid     NOT NULL,
    generation   smallint NOT NULL,
    record_id    uuid     NOT NULL,
    company_id   uuid     NOT NULL,
    PRIMARY KEY (workspace_id, generation, record_id)
);
CREATE INDEX belongs_company ON interactions.belongs (workspace_id, generation, company_id);

CREATE TABLE interactions.engagement (
    workspace_id uuid     NOT NULL,
    generation   smallint NOT NULL,
    record_id    uuid     NOT NULL,
    log2_score   double precision NOT NULL,
    PRIMARY KEY (workspace_id, generation, record_id)
) WITH (fillfactor = 80);
CREATE TABLE interactions.relationship (
    workspace_id uuid     NOT NULL,
    generation   smallint NOT NULL,
    person_id    uuid     NOT NULL,
    user_id      uuid     NOT NULL,
    log2_score   double precision NOT NULL,
    last_at      timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, generation, person_id, user_id)
) WITH (fillfactor = 80);
CREATE TABLE interactions.counts (
    workspace_id uuid     NOT NULL,
    generation   smallint NOT NULL,
    record_id    uuid     NOT NULL,
    day          date     NOT NULL,
    channel      text     NOT NULL,
    direction    text     NOT NULL,
    number       bigint   NOT NULL,
    PRIMARY KEY (workspace_id, generation, record_id, day, channel, direction)
) WITH (fillfactor = 80);

CREATE TABLE interactions.idempotency (
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
CREATE INDEX ON interactions.idempotency (created_at);

SELECT kith.protect(('interactions.' || name)::regclass)
FROM unnest(ARRAY['data_key','external','interaction_type','known_user','known_person','known_address','unmatched',
                  'to_match','link','erasure','timeline','summary','planned','belongs','engagement','relationship',
                  'counts','idempotency']) AS name;
