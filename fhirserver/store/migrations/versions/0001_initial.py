"""Every table of version 0.1.0, written by `fhirserver.store.migrations.initial`."""

from alembic import op

revision = "0001_f2c5db8d"
down_revision = None
branch_labels = None
depends_on = None

_SQLITE = (
    """
CREATE TABLE resource (
    res BIGINT NOT NULL,
    type SMALLINT NOT NULL,
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    last_updated INTEGER NOT NULL,
    method SMALLINT NOT NULL,
    body BLOB,
    index_rows BLOB,
    CONSTRAINT resource_pkey PRIMARY KEY (res)
)
""",
    """
CREATE INDEX resource_time ON resource (last_updated, res)
""",
    """
CREATE INDEX resource_type_time ON resource (type, last_updated, res)
""",
    """
CREATE TABLE history (
    res INTEGER NOT NULL,
    version INTEGER NOT NULL,
    type SMALLINT NOT NULL,
    id TEXT NOT NULL,
    last_updated INTEGER NOT NULL,
    ended INTEGER NOT NULL,
    method SMALLINT NOT NULL,
    body BLOB,
    CONSTRAINT history_pkey PRIMARY KEY (res, version)
)
""",
    """
CREATE INDEX history_time ON history (last_updated, res, version)
""",
    """
CREATE INDEX history_type_time ON history (type, last_updated, res, version)
""",
    """
CREATE TABLE type_count (
    type SMALLINT NOT NULL,
    slot SMALLINT NOT NULL,
    total INTEGER NOT NULL,
    CONSTRAINT type_count_pkey PRIMARY KEY (type, slot)
)
""",
    """
CREATE TABLE mark (
    name TEXT NOT NULL,
    value INTEGER NOT NULL,
    CONSTRAINT mark_pkey PRIMARY KEY (name)
)
""",
    """
CREATE TABLE answer (
    "key" TEXT NOT NULL,
    request BLOB NOT NULL,
    status SMALLINT NOT NULL,
    headers TEXT NOT NULL,
    body BLOB,
    expires INTEGER NOT NULL,
    CONSTRAINT answer_pkey PRIMARY KEY ("key")
)
""",
    """
CREATE INDEX answer_expires ON answer (expires)
""",
    """
CREATE TABLE job (
    id TEXT NOT NULL,
    state SMALLINT NOT NULL,
    created INTEGER NOT NULL,
    lease INTEGER NOT NULL,
    attempts SMALLINT NOT NULL,
    expires INTEGER NOT NULL,
    request BLOB NOT NULL,
    answer BLOB,
    CONSTRAINT job_pkey PRIMARY KEY (id)
)
""",
    """
CREATE INDEX job_expires ON job (expires)
""",
    """
CREATE INDEX job_waiting ON job (state, created)
""",
    """
CREATE TABLE ix_resource (
    number INTEGER PRIMARY KEY,
    res INTEGER NOT NULL,
    t SMALLINT NOT NULL,
    d INTEGER NOT NULL,
    e INTEGER NOT NULL,
    present INTEGER NOT NULL,
    words TEXT NOT NULL
)
""",
    """
CREATE INDEX ix_resource_order ON ix_resource (t, d, res, e, present)
""",
    """
CREATE INDEX ix_resource_res ON ix_resource (res, t, d, e, present)
""",
    """
CREATE VIRTUAL TABLE IF NOT EXISTS ix_words USING fts5(words, content='', detail=none, columnsize=0, tokenize='ascii')
""",
    """
CREATE TABLE ix (
    v INTEGER NOT NULL,
    d INTEGER NOT NULL,
    res INTEGER NOT NULL,
    CONSTRAINT ix_pkey PRIMARY KEY (v, d, res)
)
 WITHOUT ROWID
""",
    """
CREATE TABLE ix_target (
    res INTEGER NOT NULL,
    path INTEGER NOT NULL,
    target INTEGER NOT NULL,
    version TEXT NOT NULL,
    CONSTRAINT ix_target_pkey PRIMARY KEY (res, path, target, version)
)
 WITHOUT ROWID
""",
    """
CREATE TABLE ix_date (
    path INTEGER NOT NULL,
    lo INTEGER NOT NULL,
    hi INTEGER NOT NULL,
    d INTEGER NOT NULL,
    res INTEGER NOT NULL,
    CONSTRAINT ix_date_pkey PRIMARY KEY (path, lo, hi, d, res)
)
 WITHOUT ROWID
""",
    """
CREATE INDEX ix_date_res ON ix_date (res, path, lo, hi)
""",
    """
CREATE TABLE ix_string (
    path INTEGER NOT NULL,
    s TEXT NOT NULL,
    d INTEGER NOT NULL,
    res INTEGER NOT NULL,
    x INTEGER NOT NULL,
    CONSTRAINT ix_string_pkey PRIMARY KEY (path, s, d, res, x)
)
 WITHOUT ROWID
""",
    """
CREATE INDEX ix_string_res ON ix_string (res, path, s, x)
""",
    """
CREATE TABLE ix_number (
    path INTEGER NOT NULL,
    d INTEGER NOT NULL,
    res INTEGER NOT NULL,
    lo DOUBLE NOT NULL,
    hi DOUBLE NOT NULL,
    u INTEGER NOT NULL,
    c INTEGER NOT NULL,
    n INTEGER NOT NULL,
    cu INTEGER NOT NULL,
    clo DOUBLE NOT NULL,
    chi DOUBLE NOT NULL,
    CONSTRAINT ix_number_pkey PRIMARY KEY (path, d, res, lo, hi, u)
)
 WITHOUT ROWID
""",
    """
CREATE TABLE ix_composite (
    path INTEGER NOT NULL,
    d INTEGER NOT NULL,
    res INTEGER NOT NULL,
    lo DOUBLE NOT NULL,
    hi DOUBLE NOT NULL,
    lo2 DOUBLE NOT NULL,
    hi2 DOUBLE NOT NULL,
    CONSTRAINT ix_composite_pkey PRIMARY KEY (path, d, res, lo, hi, lo2, hi2)
)
 WITHOUT ROWID
""",
    """
CREATE TABLE ix_position (
    path INTEGER NOT NULL,
    latitude DOUBLE NOT NULL,
    res INTEGER NOT NULL,
    x DOUBLE NOT NULL,
    y DOUBLE NOT NULL,
    z DOUBLE NOT NULL,
    d INTEGER NOT NULL,
    CONSTRAINT ix_position_pkey PRIMARY KEY (path, latitude, res, x, y, z)
)
 WITHOUT ROWID
""",
)

_POSTGRESQL = (
    """
CREATE TABLE resource (
    res BIGINT NOT NULL,
    type SMALLINT NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    last_updated BIGINT NOT NULL,
    method SMALLINT NOT NULL,
    body BYTEA,
    index_rows BYTEA,
    CONSTRAINT resource_pkey PRIMARY KEY (res)
)
""",
    """
CREATE INDEX resource_time ON resource (last_updated, res)
""",
    """
CREATE INDEX resource_type_time ON resource (type, last_updated, res)
""",
    """
DO $$ BEGIN
IF 'lz4' = ANY (SELECT unnest(enumvals) FROM pg_settings WHERE name = 'default_toast_compression') THEN
ALTER TABLE resource ALTER COLUMN body SET COMPRESSION lz4;
END IF;
END $$
""",
    """
CREATE TABLE history (
    res BIGINT NOT NULL,
    version BIGINT NOT NULL,
    type SMALLINT NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    last_updated BIGINT NOT NULL,
    ended BIGINT NOT NULL,
    method SMALLINT NOT NULL,
    body BYTEA,
    CONSTRAINT history_pkey PRIMARY KEY (res, version)
)
""",
    """
CREATE INDEX history_time ON history (last_updated, res, version)
""",
    """
CREATE INDEX history_type_time ON history (type, last_updated, res, version)
""",
    """
DO $$ BEGIN
IF 'lz4' = ANY (SELECT unnest(enumvals) FROM pg_settings WHERE name = 'default_toast_compression') THEN
ALTER TABLE history ALTER COLUMN body SET COMPRESSION lz4;
END IF;
END $$
""",
    """
CREATE TABLE type_count (
    type SMALLINT NOT NULL,
    slot SMALLINT NOT NULL,
    total BIGINT NOT NULL,
    CONSTRAINT type_count_pkey PRIMARY KEY (type, slot)
)
""",
    """
CREATE TABLE mark (
    name TEXT COLLATE "C" NOT NULL,
    value BIGINT NOT NULL,
    CONSTRAINT mark_pkey PRIMARY KEY (name)
)
""",
    """
CREATE TABLE answer (
    key TEXT COLLATE "C" NOT NULL,
    request BYTEA NOT NULL,
    status SMALLINT NOT NULL,
    headers TEXT COLLATE "C" NOT NULL,
    body BYTEA,
    expires BIGINT NOT NULL,
    CONSTRAINT answer_pkey PRIMARY KEY (key)
)
""",
    """
CREATE INDEX answer_expires ON answer (expires)
""",
    """
CREATE TABLE job (
    id TEXT COLLATE "C" NOT NULL,
    state SMALLINT NOT NULL,
    created BIGINT NOT NULL,
    lease BIGINT NOT NULL,
    attempts SMALLINT NOT NULL,
    expires BIGINT NOT NULL,
    request BYTEA NOT NULL,
    answer BYTEA,
    CONSTRAINT job_pkey PRIMARY KEY (id)
)
""",
    """
CREATE INDEX job_expires ON job (expires)
""",
    """
CREATE INDEX job_waiting ON job (state, created)
""",
    """
CREATE TABLE ix_resource (
    res BIGINT NOT NULL,
    t SMALLINT NOT NULL,
    d BIGINT NOT NULL,
    e BIGINT NOT NULL,
    present BIGINT NOT NULL,
    words TEXT COLLATE "C" NOT NULL,
    CONSTRAINT ix_resource_pkey PRIMARY KEY (res)
)
""",
    """
CREATE INDEX ix_resource_order ON ix_resource (t, d, res, e, present)
""",
    """
CREATE INDEX ix_resource_words ON ix_resource USING gin (string_to_array(words, ' '))
""",
    """
CREATE TABLE ix (
    v BIGINT NOT NULL,
    d BIGINT NOT NULL,
    res BIGINT NOT NULL,
    CONSTRAINT ix_pkey PRIMARY KEY (v, d, res)
)
""",
    """
CREATE TABLE ix_target (
    res BIGINT NOT NULL,
    path BIGINT NOT NULL,
    target BIGINT NOT NULL,
    version TEXT COLLATE "C" NOT NULL,
    CONSTRAINT ix_target_pkey PRIMARY KEY (res, path, target, version)
)
""",
    """
CREATE TABLE ix_date (
    path BIGINT NOT NULL,
    lo BIGINT NOT NULL,
    hi BIGINT NOT NULL,
    d BIGINT NOT NULL,
    res BIGINT NOT NULL,
    CONSTRAINT ix_date_pkey PRIMARY KEY (path, lo, hi, d, res)
)
""",
    """
CREATE INDEX ix_date_res ON ix_date (res, path, lo, hi)
""",
    """
CREATE TABLE ix_string (
    path BIGINT NOT NULL,
    s TEXT COLLATE "C" NOT NULL,
    d BIGINT NOT NULL,
    res BIGINT NOT NULL,
    x BIGINT NOT NULL,
    CONSTRAINT ix_string_pkey PRIMARY KEY (path, s, d, res, x)
)
""",
    """
CREATE INDEX ix_string_res ON ix_string (res, path, s, x)
""",
    """
CREATE TABLE ix_number (
    path BIGINT NOT NULL,
    d BIGINT NOT NULL,
    res BIGINT NOT NULL,
    lo DOUBLE PRECISION NOT NULL,
    hi DOUBLE PRECISION NOT NULL,
    u BIGINT NOT NULL,
    c BIGINT NOT NULL,
    n BIGINT NOT NULL,
    cu BIGINT NOT NULL,
    clo DOUBLE PRECISION NOT NULL,
    chi DOUBLE PRECISION NOT NULL,
    CONSTRAINT ix_number_pkey PRIMARY KEY (path, d, res, lo, hi, u)
)
""",
    """
CREATE TABLE ix_composite (
    path BIGINT NOT NULL,
    d BIGINT NOT NULL,
    res BIGINT NOT NULL,
    lo DOUBLE PRECISION NOT NULL,
    hi DOUBLE PRECISION NOT NULL,
    lo2 DOUBLE PRECISION NOT NULL,
    hi2 DOUBLE PRECISION NOT NULL,
    CONSTRAINT ix_composite_pkey PRIMARY KEY (path, d, res, lo, hi, lo2, hi2)
)
""",
    """
CREATE TABLE ix_position (
    path BIGINT NOT NULL,
    latitude DOUBLE PRECISION NOT NULL,
    res BIGINT NOT NULL,
    x DOUBLE PRECISION NOT NULL,
    y DOUBLE PRECISION NOT NULL,
    z DOUBLE PRECISION NOT NULL,
    d BIGINT NOT NULL,
    CONSTRAINT ix_position_pkey PRIMARY KEY (path, latitude, res, x, y, z)
)
""",
)


def upgrade() -> None:
    connection = op.get_bind()
    for statement in _SQLITE if connection.dialect.name == "sqlite" else _POSTGRESQL:
        connection.exec_driver_sql(statement)
