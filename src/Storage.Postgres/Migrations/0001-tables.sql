-- Times are .NET ticks in UTC (100 ns since the year 1) or, where it says so, of running time. Blobs (incoming, content,
-- blob, part) are the texts of their BlobIds. Text that a client wrote is UTF-8 in a bytea: PostgreSQL's text cannot hold
-- U+0000, which a file's name can. Read it with convert_from(filename, 'UTF8').

-- appended_in names the last transaction that appended to the job: its later statements act for these jobs only.
CREATE TABLE jobs (
    job             text COLLATE "C" PRIMARY KEY,
    head            bigint NOT NULL,
    head_crc        bigint NOT NULL,
    open            bigint NOT NULL,
    stored          bigint NOT NULL,
    duplicates      bigint NOT NULL,
    failed          bigint NOT NULL,
    deleted         bigint NOT NULL,
    stored_bytes    bigint NOT NULL,
    first_event_at  bigint NOT NULL,
    last_event_at   bigint NOT NULL,
    format          integer NOT NULL,
    appended_in     uuid NOT NULL
);

-- crc is of the event and of what it is filed under.
CREATE TABLE journal (
    job      text COLLATE "C" NOT NULL,
    seq      bigint NOT NULL,
    event    bytea NOT NULL,
    private  bytea NOT NULL,
    crc      bigint NOT NULL,
    PRIMARY KEY (job, seq)
);

CREATE TABLE media (
    job                text COLLATE "C" NOT NULL,
    id                 uuid NOT NULL,
    status             integer NOT NULL,
    device             text NOT NULL,
    filename           bytea NOT NULL,
    declared_type      bytea NOT NULL,
    section            bytea NOT NULL,
    session            bytea NOT NULL,
    captured_at        bytea NOT NULL,
    kind               bytea NOT NULL,
    source             bytea NOT NULL,
    length             bigint,
    declared_sha256    bytea,
    sha256             bytea,
    media_type         text NOT NULL,
    incoming           text COLLATE "C",
    content            text COLLATE "C",
    duplicate_of       uuid,
    failure_reason     integer,
    failure_message    bytea,
    failure_retryable  boolean,
    first_seq          bigint NOT NULL,
    started_seq        bigint NOT NULL,
    last_seq           bigint NOT NULL,
    changed_at         bigint NOT NULL,
    PRIMARY KEY (job, id)
);

-- The maintenance of the bytes asks which media need a blob, and reads all blobs again in this order.
CREATE INDEX media_by_content ON media (content) WHERE content IS NOT NULL;

-- What else follows from events. Only the job's projections know what it means.
CREATE TABLE derived (
    job    text COLLATE "C" NOT NULL,
    kind   text COLLATE "C" NOT NULL,
    key    bytea NOT NULL,
    value  bytea NOT NULL,
    PRIMARY KEY (job, kind, key)
);

-- last_byte_at is running time.
CREATE TABLE uploads (
    job              text COLLATE "C" NOT NULL,
    media            uuid NOT NULL,
    incoming         text COLLATE "C" NOT NULL,
    device           text NOT NULL,
    length           bigint,
    raw_metadata     bytea NOT NULL,
    last_byte_at     bigint NOT NULL,
    durable_offset   bigint NOT NULL,
    declared_sha512  text,
    unverified_from  bigint,
    concat           bytea NOT NULL,
    generation       bigint NOT NULL,
    node             text NOT NULL,
    PRIMARY KEY (job, media)
);

-- A device may have a limited number of open uploads: the creation of one asks how many there are.
CREATE INDEX uploads_by_device ON uploads (device) WHERE device <> '' AND concat <> 'partial';

-- Before bytes are freed it is asked whether an upload needs them.
CREATE INDEX uploads_by_incoming ON uploads (incoming);

-- Which joined blobs a blob is part of. A joined blob is known by its UUID.
CREATE TABLE parts (
    part    text COLLATE "C" NOT NULL,
    joined  uuid NOT NULL,
    PRIMARY KEY (part, joined)
);

-- For which parts an open final upload waits, or has waited: so the end of a part need not look at all others.
CREATE TABLE awaited (
    part     text COLLATE "C" NOT NULL,
    job      text COLLATE "C" NOT NULL,
    final    uuid NOT NULL,
    is_here  boolean NOT NULL,
    PRIMARY KEY (part, job, final)
);

CREATE INDEX awaited_by_final ON awaited (job, final, is_here);

-- An id is never used again: a lease is known by id and attempt.
CREATE TABLE work (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind     text COLLATE "C" NOT NULL,
    job      text COLLATE "C" NOT NULL,
    media    uuid NOT NULL,
    attempt  integer NOT NULL DEFAULT 0,
    leased   boolean NOT NULL DEFAULT false,
    due      bigint NOT NULL DEFAULT 0
);

CREATE INDEX work_by_kind ON work (kind, id);

-- What a store that keeps an incoming blob as several objects knows of it: the store's name for its multipart upload,
-- and the number of the next part, which is never given out twice.
CREATE TABLE blob_uploads (
    blob              uuid PRIMARY KEY,
    multipart_upload  text,
    next_part         integer NOT NULL DEFAULT 1
);

CREATE TABLE blob_pieces (
    blob        uuid NOT NULL,
    start       bigint NOT NULL,
    length      bigint NOT NULL,
    generation  bigint NOT NULL,
    part        integer NOT NULL,
    etag        text NOT NULL,
    PRIMARY KEY (blob, start)
);

-- Blobs that nothing names, and when a sweep found them first and last, in running time.
CREATE TABLE orphans (
    blob      text COLLATE "C" PRIMARY KEY,
    found_at  bigint NOT NULL,
    seen_at   bigint NOT NULL
);

-- How far the current pass of the scrub is.
CREATE TABLE scrub (content text COLLATE "C");
INSERT INTO scrub VALUES (NULL);

-- Uploads age by the time that servers have run, not by a wall clock.
CREATE TABLE running_time (ran bigint NOT NULL);
INSERT INTO running_time VALUES (0);
