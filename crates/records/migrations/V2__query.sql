-- Distances between words, for mending misspelt searches. The extension is in whatever schema came
-- first when it was made, which the roles of statements don't look into.
CREATE EXTENSION IF NOT EXISTS fuzzystrmatch;
DO $$
BEGIN
    EXECUTE (
        SELECT format('CREATE FUNCTION records.edits(x text, y text, most int) RETURNS int
                LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN %I.levenshtein_less_equal(x, y, most)', n.nspname)
        FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'fuzzystrmatch'
    );
END $$;

-- The arithmetic of CEL where it differs from PostgreSQL's: what has no result is NULL, never an
-- error. What they compute stands in crates/cel/src/lib.rs.

-- A whole number of 64 bits.
CREATE FUNCTION records.whole(x numeric) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN x BETWEEN -9223372036854775808 AND 9223372036854775807 THEN x END;

-- A decimal, cut after the ninth place.
CREATE FUNCTION records.exact(x numeric) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN abs(trunc(x, 9)) < 10000000000000000000 THEN trunc(x, 9) END;

-- A duration in microseconds.
CREATE FUNCTION records.duration(x numeric) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN abs(x) <= 316000000000000000 THEN x END;

-- A moment from the year 1 to 30 December 9999.
CREATE FUNCTION records.moment(x timestamptz) RETURNS timestamptz LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN extract(epoch FROM x) BETWEEN -62135596800 AND 253402128000 THEN x END;

-- A moment so many microseconds later.
CREATE FUNCTION records.later(x timestamptz, micros numeric) RETURNS timestamptz LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN extract(epoch FROM x) * 1000000 + micros BETWEEN -62135596800000000 AND 253402128000000000
    THEN x + make_interval(hours => div(micros, 3600000000)::int, secs => ((micros % 3600000000) / 1000000)::float8) END;

-- How many microseconds x is later than y.
CREATE FUNCTION records.between(x timestamptz, y timestamptz) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (extract(epoch FROM x) - extract(epoch FROM y)) * 1000000;

-- A day so many days later. A constant is cast when the statement is planned, whatever CASE says, so
-- the cast has to be possible.
CREATE FUNCTION records.later_day(x date, days numeric) RETURNS date LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN (x - '0001-01-01'::date) + days BETWEEN 0 AND 3652058 THEN x + least(greatest(days, -4000000), 4000000)::int END;

-- Two texts' common value.
CREATE FUNCTION records.same(x text, y text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN x = y THEN x END;
