-- Workspaces, their users, and what users prove themselves by.

CREATE TABLE identity.workspace (
    workspace_id  uuid PRIMARY KEY,
    name          text NOT NULL,
    slug          text NOT NULL,
    currency      text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    region        text NOT NULL CHECK (region ~ '^[A-Z]{2}$'),
    time_zone     text NOT NULL,
    locale        text NOT NULL,
    -- The revision of the user that changed last. Whoever changes a user bumps it first, so
    -- the row's lock puts all changes of a workspace's users into one order.
    user_revision bigint NOT NULL DEFAULT 0,
    version       bigint NOT NULL DEFAULT 1,
    created_at    timestamptz NOT NULL,
    updated_at    timestamptz NOT NULL,
    CONSTRAINT workspace_slug_key UNIQUE (slug)
);

CREATE TABLE identity.user_account (
    workspace_id  uuid NOT NULL REFERENCES identity.workspace,
    id            uuid NOT NULL,
    -- Lower case.
    email         text,
    name          text NOT NULL,
    password_hash text,
    role          text NOT NULL CHECK (role IN ('administrator', 'member', 'read_only')),
    active        boolean NOT NULL,
    locale        text,
    time_zone     text,
    revision      bigint NOT NULL,
    version       bigint NOT NULL DEFAULT 1,
    created_at    timestamptz NOT NULL,
    updated_at    timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, id),
    CONSTRAINT user_email_key UNIQUE (workspace_id, email),
    CONSTRAINT user_revision_key UNIQUE (workspace_id, revision)
);

-- A login names an address and, usually, no workspace.
CREATE INDEX user_by_email ON identity.user_account (email) WHERE email IS NOT NULL;
-- Lists are in the order of names.
CREATE INDEX user_by_name ON identity.user_account (workspace_id, lower(name), id);

CREATE TABLE identity.session (
    workspace_id uuid NOT NULL,
    id           uuid NOT NULL,
    user_id      uuid NOT NULL,
    token_hash   bytea NOT NULL,
    ip           text,
    user_agent   text,
    created_at   timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    expires_at   timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, user_id) REFERENCES identity.user_account,
    CONSTRAINT session_token_key UNIQUE (token_hash)
);

CREATE INDEX session_by_user ON identity.session (workspace_id, user_id);
CREATE INDEX session_by_expiry ON identity.session (expires_at);

CREATE TABLE identity.api_token (
    workspace_id uuid NOT NULL,
    id           uuid NOT NULL,
    user_id      uuid NOT NULL,
    token_hash   bytea NOT NULL,
    name         text NOT NULL,
    scopes       text[] NOT NULL,
    last_four    text NOT NULL,
    created_at   timestamptz NOT NULL,
    expires_at   timestamptz,
    last_used_at timestamptz,
    revoked_at   timestamptz,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, user_id) REFERENCES identity.user_account,
    CONSTRAINT api_token_token_key UNIQUE (token_hash)
);

CREATE INDEX api_token_by_user ON identity.api_token (workspace_id, user_id) WHERE revoked_at IS NULL;

-- One-time links by which a user sets their first or a new password. A new link replaces
-- the one before it.
CREATE TABLE identity.activation (
    workspace_id uuid NOT NULL,
    user_id      uuid NOT NULL,
    token_hash   bytea NOT NULL,
    created_at   timestamptz NOT NULL,
    expires_at   timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, user_id),
    FOREIGN KEY (workspace_id, user_id) REFERENCES identity.user_account,
    CONSTRAINT activation_token_key UNIQUE (token_hash)
);

-- One-time links for the first set-up, when there is no workspace yet.
CREATE TABLE identity.setup_token (
    token_hash bytea PRIMARY KEY,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);

-- Answers of requests with an Idempotency-Key, without the secrets in them.
CREATE TABLE identity.idempotency (
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

CREATE INDEX idempotency_created_at ON identity.idempotency (created_at);

SELECT kith.protect('identity.workspace');
SELECT kith.protect('identity.user_account');
SELECT kith.protect('identity.session');
SELECT kith.protect('identity.api_token');
SELECT kith.protect('identity.activation');
SELECT kith.protect('identity.idempotency');
SELECT kith.create_event_log('identity');
-- The audit log is read from its end; ids ascend with time.
CREATE INDEX event_by_id ON identity.event (workspace_id, id DESC);

-- Set-up happens before there is a tenant, and no planned list ever reads secrets' hashes.
REVOKE ALL ON identity.setup_token FROM kith_app, kith_reader;
REVOKE ALL ON identity.user_account, identity.session, identity.api_token, identity.activation
    FROM kith_reader;
