-- The roles as which Kith works, and the login's right to become them. Needs CREATEROLE.
DO $$
DECLARE
    missing text;
BEGIN
    FOREACH missing IN ARRAY ARRAY['kith_app', 'kith_reader', 'kith_system'] LOOP
        IF to_regrole(missing) IS NULL THEN
            EXECUTE format('CREATE ROLE %I NOLOGIN', missing);
        END IF;
    END LOOP;
END $$;
