-- What the columns mean stands in crates/records/src/catalog (model.rs, standard.rs).

-- The columns and indexes that every table of records has.
CREATE TABLE records.record_shape (
    workspace_id uuid NOT NULL,
    id           uuid NOT NULL,
    version      bigint NOT NULL,
    created_at   timestamptz NOT NULL,
    created_by   uuid NOT NULL,
    updated_at   timestamptz NOT NULL,
    updated_by   uuid NOT NULL,
    deleted_at   timestamptz,
    owner_id     uuid,
    external_id  text,
    name         text NOT NULL,
    -- The name folded (no case, no accents), by which lists sort and prefixes are found.
    sort_key     text NOT NULL,
    -- What search looks into, folded: the sort key, then the words of e-mails, phones and domains.
    -- Kept short on purpose: its trigram index is the greatest part of what a new row costs.
    search_text  text NOT NULL,
    custom       jsonb NOT NULL DEFAULT '{}',
    t1 text, t2 text, t3 text, t4 text, t5 text, t6 text, t7 text, t8 text,
    n1 numeric, n2 numeric, n3 numeric, n4 numeric, n5 numeric, n6 numeric,
    d1 timestamptz, d2 timestamptz, d3 timestamptz, d4 timestamptz,
    r1 uuid, r2 uuid, r3 uuid, r4 uuid,
    PRIMARY KEY (workspace_id, id)
);
CREATE INDEX ON records.record_shape (workspace_id, sort_key, id) WHERE deleted_at IS NULL;
CREATE INDEX ON records.record_shape (workspace_id, owner_id, id) WHERE owner_id IS NOT NULL AND deleted_at IS NULL;
CREATE INDEX ON records.record_shape (workspace_id, deleted_at, id) WHERE deleted_at IS NOT NULL;
CREATE INDEX ON records.record_shape USING gin (workspace_id, search_text gin_trgm_ops);
CREATE INDEX ON records.record_shape USING gin (workspace_id, custom jsonb_path_ops) WHERE custom <> '{}';

-- Room for heap-only updates, and the slots' indexes, which cost rows that don't use the slot
-- next to nothing.
CREATE FUNCTION records.finish_record_table(target text, prefix text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE slot text;
BEGIN
    EXECUTE format('ALTER TABLE %s SET (fillfactor = 85)', target);
    FOREACH slot IN ARRAY ARRAY['t1','t2','t3','t4','t5','t6','t7','t8','n1','n2','n3','n4','n5','n6',
                                'd1','d2','d3','d4','r1','r2','r3','r4'] LOOP
        EXECUTE format('CREATE INDEX ON %s (%s%I, id) WHERE %I IS NOT NULL', target, prefix, slot, slot);
    END LOOP;
END $$;

CREATE TABLE records.company (
    LIKE records.record_shape INCLUDING ALL,
    domain text,
    website text,
    industry text,
    kind text,
    emails text[] NOT NULL DEFAULT '{}',
    phones text[] NOT NULL DEFAULT '{}',
    address jsonb,
    employees bigint,
    annual_revenue bigint,
    annual_revenue_currency text,
    founded_year bigint,
    parent_id uuid,
    description text,
    links text[] NOT NULL DEFAULT '{}',
    FOREIGN KEY (workspace_id, parent_id) REFERENCES records.company
);
CREATE INDEX ON records.company (workspace_id, parent_id) WHERE parent_id IS NOT NULL;
CREATE INDEX ON records.company (workspace_id, industry, id) WHERE industry IS NOT NULL;

CREATE TABLE records.person (
    LIKE records.record_shape INCLUDING ALL,
    first_name text,
    last_name text,
    emails text[] NOT NULL DEFAULT '{}',
    phones text[] NOT NULL DEFAULT '{}',
    job_title text,
    department text,
    company_id uuid,
    address jsonb,
    birthday date,
    links text[] NOT NULL DEFAULT '{}',
    source text,
    description text,
    tags text[] NOT NULL DEFAULT '{}',
    FOREIGN KEY (workspace_id, company_id) REFERENCES records.company
);
CREATE INDEX ON records.person (workspace_id, company_id) WHERE company_id IS NOT NULL;

CREATE TABLE records.lead (
    LIKE records.record_shape INCLUDING ALL,
    first_name text,
    last_name text,
    company_name text,
    emails text[] NOT NULL DEFAULT '{}',
    phones text[] NOT NULL DEFAULT '{}',
    job_title text,
    status text,
    source text,
    industry text,
    website text,
    address jsonb,
    score bigint,
    description text
);
CREATE INDEX ON records.lead (workspace_id, status, id);

CREATE TABLE records.pipeline (
    LIKE records.record_shape INCLUDING ALL,
    position bigint,
    is_default boolean
);
CREATE UNIQUE INDEX pipeline_one_default ON records.pipeline (workspace_id) WHERE is_default AND deleted_at IS NULL;

CREATE TABLE records.stage (
    LIKE records.record_shape INCLUDING ALL,
    pipeline_id uuid NOT NULL,
    position bigint,
    probability bigint CONSTRAINT stage_probability CHECK (probability BETWEEN 0 AND 100),
    kind text,
    rotting_days bigint,
    FOREIGN KEY (workspace_id, pipeline_id) REFERENCES records.pipeline
);
CREATE INDEX ON records.stage (workspace_id, pipeline_id);

CREATE TABLE records.product (
    LIKE records.record_shape INCLUDING ALL,
    sku text,
    family text,
    price bigint,
    price_currency text,
    active boolean,
    description text
);

CREATE TABLE records.deal (
    LIKE records.record_shape INCLUDING ALL,
    company_id uuid,
    pipeline_id uuid,
    stage_id uuid,
    amount bigint,
    amount_currency text,
    expected_close date,
    opened_on date,
    closed_on date,
    won_reason text,
    lost_reason text,
    product_id uuid,
    source text,
    description text,
    stage_entered_at timestamptz,
    FOREIGN KEY (workspace_id, company_id) REFERENCES records.company,
    FOREIGN KEY (workspace_id, pipeline_id) REFERENCES records.pipeline,
    FOREIGN KEY (workspace_id, stage_id) REFERENCES records.stage,
    FOREIGN KEY (workspace_id, product_id) REFERENCES records.product
);
CREATE INDEX ON records.deal (workspace_id, company_id) WHERE company_id IS NOT NULL;
-- Board totals are answered from this index alone.
CREATE INDEX deal_board ON records.deal (workspace_id, stage_id) INCLUDE (amount, amount_currency) WHERE deleted_at IS NULL;
CREATE INDEX ON records.deal (workspace_id, pipeline_id);
CREATE INDEX ON records.deal (workspace_id, product_id) WHERE product_id IS NOT NULL;
CREATE INDEX ON records.deal (workspace_id, amount, id) WHERE amount IS NOT NULL;
CREATE INDEX ON records.deal (workspace_id, expected_close, id) WHERE expected_close IS NOT NULL;

CREATE TABLE records.line_item (
    LIKE records.record_shape INCLUDING ALL,
    deal_id uuid NOT NULL,
    product_id uuid,
    description text,
    quantity numeric,
    unit_price bigint,
    unit_price_currency text,
    discount numeric,
    FOREIGN KEY (workspace_id, deal_id) REFERENCES records.deal,
    FOREIGN KEY (workspace_id, product_id) REFERENCES records.product
);
CREATE INDEX ON records.line_item (workspace_id, deal_id);
CREATE INDEX ON records.line_item (workspace_id, product_id) WHERE product_id IS NOT NULL;

CREATE TABLE records.task (
    LIKE records.record_shape INCLUDING ALL,
    assignee_id uuid,
    due_at timestamptz,
    done boolean,
    done_at timestamptz,
    priority text,
    kind text,
    about_object text,
    about_id uuid,
    description text
);
CREATE INDEX ON records.task (workspace_id, about_id, id) WHERE about_id IS NOT NULL;
CREATE INDEX ON records.task (workspace_id, assignee_id, due_at) WHERE NOT done;
CREATE INDEX ON records.task (workspace_id, due_at, id) WHERE due_at IS NOT NULL;

CREATE TABLE records.note (
    LIKE records.record_shape INCLUDING ALL,
    body text,
    about_object text,
    about_id uuid
);
CREATE INDEX ON records.note (workspace_id, about_id, id) WHERE about_id IS NOT NULL;

-- All custom objects' records.
CREATE TABLE records.custom_record (
    object_id uuid NOT NULL,
    LIKE records.record_shape INCLUDING DEFAULTS,
    PRIMARY KEY (workspace_id, id)
);
CREATE INDEX ON records.custom_record (workspace_id, object_id, sort_key, id) WHERE deleted_at IS NULL;
CREATE INDEX ON records.custom_record (workspace_id, object_id, id) WHERE deleted_at IS NULL;
CREATE INDEX ON records.custom_record (workspace_id, object_id, owner_id, id) WHERE owner_id IS NOT NULL AND deleted_at IS NULL;
CREATE INDEX ON records.custom_record (workspace_id, object_id, deleted_at, id) WHERE deleted_at IS NOT NULL;
CREATE INDEX ON records.custom_record USING gin (workspace_id, object_id, search_text gin_trgm_ops);
CREATE INDEX ON records.custom_record USING gin (workspace_id, object_id, custom jsonb_path_ops) WHERE custom <> '{}';

DROP TABLE records.record_shape;

-- One row for each value that nobody else of the object may have. The value is folded as
-- `value::unique_key` says; a record in the recycle bin has none.
CREATE TABLE records.unique_value (
    workspace_id uuid NOT NULL,
    object_id    uuid NOT NULL,
    field_id     uuid NOT NULL,
    value        text NOT NULL,
    record_id    uuid NOT NULL,
    CONSTRAINT unique_value_taken PRIMARY KEY (workspace_id, object_id, field_id, value)
);
CREATE INDEX ON records.unique_value (workspace_id, record_id);

-- Relations to many: from a record, by one of its fields, to others.
CREATE TABLE records.link (
    workspace_id uuid NOT NULL,
    field_id     uuid NOT NULL,
    from_id      uuid NOT NULL,
    to_id        uuid NOT NULL,
    position     integer NOT NULL,
    role         text,
    PRIMARY KEY (workspace_id, field_id, from_id, to_id)
);
CREATE INDEX ON records.link (workspace_id, to_id, field_id);

-- The catalog. A standard object or field has a row only where a workspace changed it.
CREATE TABLE records.catalog_version (
    workspace_id uuid PRIMARY KEY,
    version      bigint NOT NULL,
    -- Numbers for the keys of custom objects and fields, never given twice.
    next_number  bigint NOT NULL DEFAULT 1
);
CREATE TABLE records.catalog_object (
    workspace_id uuid NOT NULL,
    id           uuid NOT NULL,
    version      bigint NOT NULL,
    definition   jsonb NOT NULL,
    PRIMARY KEY (workspace_id, id)
);
CREATE TABLE records.catalog_field (
    workspace_id uuid NOT NULL,
    object_id    uuid NOT NULL,
    id           uuid NOT NULL,
    version      bigint NOT NULL,
    definition   jsonb NOT NULL,
    PRIMARY KEY (workspace_id, object_id, id)
);
CREATE TABLE records.autonumber (
    workspace_id uuid NOT NULL,
    field_id     uuid NOT NULL,
    next         bigint NOT NULL,
    PRIMARY KEY (workspace_id, field_id)
);

-- The copy of the workspace's users that lists sort by and show.
CREATE TABLE records.user_copy (
    workspace_id uuid NOT NULL,
    id           uuid NOT NULL,
    name         text NOT NULL,
    email        text,
    active       boolean NOT NULL,
    revision     bigint NOT NULL,
    PRIMARY KEY (workspace_id, id)
);

SELECT records.finish_record_table('records.' || name, 'workspace_id, ')
FROM unnest(ARRAY['company','person','lead','pipeline','stage','product','deal','line_item','task','note']) AS name;
SELECT records.finish_record_table('records.custom_record', 'workspace_id, object_id, ');
DROP FUNCTION records.finish_record_table;


-- The distinct words of names, with how often they were written, for mending misspelt searches.
CREATE TABLE records.search_word (
    workspace_id uuid NOT NULL,
    word         text NOT NULL,
    uses         bigint NOT NULL,
    PRIMARY KEY (workspace_id, word)
);

-- Answers of requests that carried an Idempotency-Key, kept for a day.
CREATE TABLE records.idempotency (
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
CREATE INDEX ON records.idempotency (created_at);

SELECT kith.create_event_log('records');
SELECT kith.protect(('records.' || name)::regclass)
FROM unnest(ARRAY['company','person','lead','pipeline','stage','product','deal','line_item','task','note',
                  'custom_record','unique_value','link','catalog_version','catalog_object','catalog_field',
                  'autonumber','user_copy','search_word','idempotency']) AS name;
