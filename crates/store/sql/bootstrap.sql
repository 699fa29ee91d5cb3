-- What every service's migrations rely on. Runs at each start and must stay idempotent.
CREATE SCHEMA IF NOT EXISTS kith;
GRANT USAGE ON SCHEMA kith TO kith_app, kith_reader, kith_system;

CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS btree_gin;

CREATE TABLE IF NOT EXISTS kith.migration (
    schema     text        NOT NULL,
    version    integer     NOT NULL,
    name       text        NOT NULL,
    checksum   text        NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (schema, version)
);

-- A service's schema with the rights of the three roles on everything that will be made in it.
CREATE OR REPLACE FUNCTION kith.create_service(service text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE SCHEMA IF NOT EXISTS %I', service);
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO kith_app, kith_reader, kith_system', service);
    EXECUTE format('ALTER DEFAULT PRIVILEGES IN SCHEMA %I
        GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO kith_app, kith_system', service);
    EXECUTE format('ALTER DEFAULT PRIVILEGES IN SCHEMA %I GRANT SELECT ON TABLES TO kith_reader', service);
    EXECUTE format('ALTER DEFAULT PRIVILEGES IN SCHEMA %I
        GRANT USAGE, SELECT ON SEQUENCES TO kith_app, kith_system', service);
END $$;

-- Row-level security on one table. Without kith.workspace the cast fails: an error, never all rows.
CREATE OR REPLACE FUNCTION kith.protect(target regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', target);
    EXECUTE format('CREATE POLICY kith_app ON %s TO kith_app
        USING (workspace_id = current_setting(''kith.workspace'')::uuid)
        WITH CHECK (workspace_id = current_setting(''kith.workspace'')::uuid)', target);
    -- A policy that is constantly true vanishes from the plan, so it keeps no index from being used.
    EXECUTE format('CREATE POLICY kith_reader ON %s FOR SELECT TO kith_reader USING (true)', target);
    EXECUTE format('CREATE POLICY kith_system ON %s TO kith_system USING (true) WITH CHECK (true)', target);
END $$;

-- Tables of a service that have tenants' rows and no lock. Partitions are reached through their
-- parent only, where they are protected: they must not be granted to anybody.
CREATE OR REPLACE FUNCTION kith.unprotected(service text) RETURNS SETOF text LANGUAGE sql STABLE AS $$
    SELECT c.oid::regclass::text
    FROM pg_class c
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'workspace_id' AND NOT a.attisdropped
    WHERE c.relnamespace = to_regnamespace(quote_ident(service))
      AND c.relkind IN ('r', 'p')
      AND NOT (c.relrowsecurity AND c.relforcerowsecurity)
      AND (NOT c.relispartition OR has_table_privilege('kith_app', c.oid, 'SELECT, INSERT, UPDATE, DELETE'))
    ORDER BY 1
$$;

-- The append-only event log of a service, partitioned by month.
CREATE OR REPLACE FUNCTION kith.create_event_log(service text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    -- Order is (xid, seq): within one transaction seq ascends although sessions draw numbers in blocks.
    EXECUTE format('CREATE SEQUENCE %I.event_seq CACHE 32', service);
    EXECUTE format('CREATE TABLE %I.event (
        workspace_id    uuid        NOT NULL,
        xid             xid8        NOT NULL DEFAULT pg_current_xact_id(),
        seq             bigint      NOT NULL DEFAULT nextval(%L),
        id              uuid        NOT NULL,
        type            text        NOT NULL,
        subject_kind    text        NOT NULL,
        subject_id      uuid        NOT NULL,
        subject_version bigint      NOT NULL,
        actor           jsonb       NOT NULL,
        occurred_at     timestamptz NOT NULL,
        data            jsonb       NOT NULL
    ) PARTITION BY RANGE (occurred_at)', service, format('%I.event_seq', service));
    EXECUTE format('ALTER SEQUENCE %I.event_seq OWNED BY %I.event.seq', service, service);
    EXECUTE format('CREATE INDEX event_order ON %I.event (xid, seq)', service);
    EXECUTE format('CREATE INDEX event_subject ON %I.event (workspace_id, subject_id, subject_version)', service);
    EXECUTE format('CREATE TABLE %I.event_default PARTITION OF %I.event DEFAULT', service, service);
    EXECUTE format('REVOKE ALL ON %I.event_default FROM kith_app, kith_reader, kith_system', service);
    EXECUTE format('REVOKE UPDATE, DELETE ON %I.event FROM kith_app', service);
    PERFORM kith.protect(format('%I.event', service)::regclass);
    PERFORM kith.ensure_event_partitions(service, 2);
END $$;

-- Makes the partitions of this month and of the next ones; returns how many are new. Rows that
-- went to the default partition meanwhile are moved.
CREATE OR REPLACE FUNCTION kith.ensure_event_partitions(service text, months_ahead integer)
RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    parent   regclass := format('%I.event', service)::regclass;
    spare    text := format('%I.event_default', service);
    part     text;
    starts   timestamptz;
    ends     timestamptz;
    made     integer := 0;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('kith.event'), hashtext(service));
    FOR month IN 0 .. least(greatest(months_ahead, 0), 24) LOOP
        starts := (date_trunc('month', now() AT TIME ZONE 'UTC') + make_interval(months => month)) AT TIME ZONE 'UTC';
        ends := (date_trunc('month', now() AT TIME ZONE 'UTC') + make_interval(months => month + 1)) AT TIME ZONE 'UTC';
        part := format('%I.%I', service, 'event_' || to_char(starts AT TIME ZONE 'UTC', 'YYYY_MM'));
        CONTINUE WHEN to_regclass(part) IS NOT NULL;
        -- Attaching a finished table needs a weaker lock on the log than making a partition in place.
        EXECUTE format('CREATE TABLE %s (LIKE %s INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', part, parent);
        EXECUTE format('REVOKE ALL ON %s FROM kith_app, kith_reader, kith_system', part);
        EXECUTE format('WITH moved AS (DELETE FROM %s WHERE occurred_at >= %L AND occurred_at < %L RETURNING *)
            INSERT INTO %s SELECT * FROM moved', spare, starts, ends, part);
        EXECUTE format('ALTER TABLE %s ATTACH PARTITION %s FOR VALUES FROM (%L) TO (%L)', parent, part, starts, ends);
        made := made + 1;
    END LOOP;
    RETURN made;
END $$;

-- Where the readers of a service stand in the logs that they read, and what they left behind.
CREATE OR REPLACE FUNCTION kith.create_readers(service text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE TABLE %I.reader (
        name        text        NOT NULL,
        lane        smallint    NOT NULL,
        lanes       smallint    NOT NULL,
        source      text        NOT NULL,
        xid         xid8        NOT NULL,
        seq         bigint      NOT NULL,
        advanced_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (name, lane)
    )', service);
    -- A subject whose event a reader could not take: its place is that event's. Later events of the
    -- subject wait in the log. Without retry_at it waits for somebody to resume it.
    EXECUTE format('CREATE TABLE %I.parked (
        workspace_id uuid        NOT NULL,
        reader       text        NOT NULL,
        subject_id   uuid        NOT NULL,
        subject_kind text        NOT NULL,
        event_id     uuid        NOT NULL,
        event_type   text        NOT NULL,
        xid          xid8        NOT NULL,
        seq          bigint      NOT NULL,
        attempts     integer     NOT NULL,
        error        text        NOT NULL,
        parked_at    timestamptz NOT NULL DEFAULT now(),
        retry_at     timestamptz,
        PRIMARY KEY (workspace_id, reader, subject_id)
    )', service);
    EXECUTE format('CREATE INDEX ON %I.parked (reader)', service);
    EXECUTE format('REVOKE ALL ON %I.reader FROM kith_app', service);
    PERFORM kith.protect(format('%I.parked', service)::regclass);
END $$;

-- Work that a service has still to do. Jobs that are done are gone; the dead ones stay to be looked at.
CREATE OR REPLACE FUNCTION kith.create_jobs(service text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE TABLE %I.job (
        id           uuid        PRIMARY KEY,
        workspace_id uuid,
        queue        text        NOT NULL,
        kind         text        NOT NULL,
        payload      jsonb       NOT NULL,
        dedupe_key   text,
        priority     smallint    NOT NULL,
        run_at       timestamptz NOT NULL,
        state        text        NOT NULL CHECK (state IN (''waiting'', ''running'', ''dead'')),
        attempts     integer     NOT NULL DEFAULT 0,
        max_attempts integer     NOT NULL,
        -- The process that runs it, which is alive as long as its session holds the lock of that name.
        holder       uuid,
        error        text,
        created_at   timestamptz NOT NULL DEFAULT now(),
        updated_at   timestamptz NOT NULL DEFAULT now()
    )', service);
    EXECUTE format('CREATE INDEX job_next ON %I.job (queue, priority, run_at) WHERE state = ''waiting''', service);
    EXECUTE format('CREATE INDEX job_running ON %I.job (holder) WHERE state = ''running''', service);
    EXECUTE format('CREATE INDEX job_dead ON %I.job (workspace_id, id) WHERE state = ''dead''', service);
    EXECUTE format('CREATE UNIQUE INDEX job_once ON %I.job (queue, dedupe_key) WHERE state = ''waiting''', service);
    PERFORM kith.protect(format('%I.job', service)::regclass);
    EXECUTE format('CREATE TABLE %I.schedule (
        name         text        PRIMARY KEY,
        last_run     timestamptz NOT NULL,
        last_success timestamptz,
        error        text
    )', service);
    EXECUTE format('REVOKE ALL ON %I.schedule FROM kith_app', service);
END $$;

-- Drops the months of a log that ended more than `keep` months ago and whose events all stand at or
-- before a place, oldest first; returns how many.
CREATE OR REPLACE FUNCTION kith.retire_event_partitions(service text, keep integer, passed_xid xid8, passed_seq bigint)
RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    part    record;
    ended   timestamptz := (date_trunc('month', now() AT TIME ZONE 'UTC') - make_interval(months => keep)) AT TIME ZONE 'UTC';
    waiting boolean;
    gone    integer := 0;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('kith.event'), hashtext(service));
    FOR part IN
        SELECT c.oid::regclass AS name, right(c.relname, 7) AS month
        FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = format('%I.event', service)::regclass AND c.relname ~ '^event_[0-9]{4}_[0-9]{2}$'
        ORDER BY 2
    LOOP
        EXIT WHEN (to_date(part.month, 'YYYY_MM') + interval '1 month') AT TIME ZONE 'UTC' > ended;
        EXECUTE format('SELECT EXISTS (SELECT FROM %s WHERE (xid, seq) > ($1, $2))', part.name)
            INTO waiting USING passed_xid, passed_seq;
        EXIT WHEN waiting;
        EXECUTE format('DROP TABLE %s', part.name);
        gone := gone + 1;
    END LOOP;
    RETURN gone;
END $$;
