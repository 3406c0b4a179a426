namespace OrleansIngest.Storage.Sqlite;

/// <summary>
/// The tables. Times are .NET ticks in UTC (100 ns since the year 1) or, where it says so, of
/// running time; UUIDs 16 bytes big-endian, SHA-256 32 bytes. Blobs (incoming, content, blob, part)
/// are the texts of their <c>BlobId</c>s.
/// </summary>
internal static class Schema
{
    // A job's rows lie together in every table, in the order in which they are read.
    public const string Tables = """
        CREATE TABLE jobs (
            job             TEXT PRIMARY KEY,
            head            INTEGER NOT NULL,
            head_crc        INTEGER NOT NULL,
            open            INTEGER NOT NULL,
            stored          INTEGER NOT NULL,
            duplicates      INTEGER NOT NULL,
            failed          INTEGER NOT NULL,
            deleted         INTEGER NOT NULL,
            stored_bytes    INTEGER NOT NULL,
            first_event_at  INTEGER NOT NULL,
            last_event_at   INTEGER NOT NULL,
            format          INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;

        -- crc is of the event and of what it is filed under.
        CREATE TABLE journal (
            job      TEXT NOT NULL,
            seq      INTEGER NOT NULL,
            event    BLOB NOT NULL,
            private  BLOB NOT NULL,
            crc      INTEGER NOT NULL,
            PRIMARY KEY (job, seq)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE media (
            job                TEXT NOT NULL,
            id                 BLOB NOT NULL,
            status             INTEGER NOT NULL,
            device             TEXT NOT NULL,
            filename           TEXT NOT NULL,
            declared_type      TEXT NOT NULL,
            section            TEXT NOT NULL,
            session            TEXT NOT NULL,
            captured_at        TEXT NOT NULL,
            kind               TEXT NOT NULL,
            source             TEXT NOT NULL,
            length             INTEGER,
            declared_sha256    BLOB,
            sha256             BLOB,
            media_type         TEXT NOT NULL,
            incoming           TEXT,
            content            TEXT,
            duplicate_of       BLOB,
            failure_reason     INTEGER,
            failure_message    TEXT,
            failure_retryable  INTEGER,
            first_seq          INTEGER NOT NULL,
            started_seq        INTEGER NOT NULL,
            last_seq           INTEGER NOT NULL,
            changed_at         INTEGER NOT NULL,
            PRIMARY KEY (job, id)
        ) STRICT, WITHOUT ROWID;

        -- What else follows from events. Only the job's projections know what it means.
        CREATE TABLE derived (
            job    TEXT NOT NULL,
            kind   TEXT NOT NULL,
            key    TEXT NOT NULL,
            value  BLOB NOT NULL,
            PRIMARY KEY (job, kind, key)
        ) STRICT, WITHOUT ROWID;

        -- Who looks after the bytes asks who needs them, and reads them again in this order.
        CREATE INDEX media_by_content ON media (content) WHERE content IS NOT NULL;

        -- last_byte_at is running time.
        CREATE TABLE uploads (
            job              TEXT NOT NULL,
            media            BLOB NOT NULL,
            incoming         TEXT NOT NULL,
            device           TEXT NOT NULL,
            length           INTEGER,
            raw_metadata     TEXT NOT NULL,
            last_byte_at     INTEGER NOT NULL,
            durable_offset   INTEGER NOT NULL,
            declared_sha512  TEXT,
            unverified_from  INTEGER,
            concat           TEXT NOT NULL,
            generation       INTEGER NOT NULL,
            node             TEXT NOT NULL,
            PRIMARY KEY (job, media)
        ) STRICT, WITHOUT ROWID;

        -- A device may have so many open uploads: the creation of one asks how many there are.
        CREATE INDEX uploads_by_device ON uploads (device) WHERE device <> '' AND concat <> 'partial';

        -- Before bytes are freed it is asked whether an upload needs them.
        CREATE INDEX uploads_by_incoming ON uploads (incoming);

        -- Which joined blobs a blob is part of: a joined one is known by its UUID.
        CREATE TABLE parts (
            part    TEXT NOT NULL,
            joined  BLOB NOT NULL,
            PRIMARY KEY (part, joined)
        ) STRICT, WITHOUT ROWID;

        -- Which parts an open final waits for, or has waited for: so the end of a part need not look at all others.
        CREATE TABLE awaited (
            part     TEXT NOT NULL,
            job      TEXT NOT NULL,
            final    BLOB NOT NULL,
            is_here  INTEGER NOT NULL,
            PRIMARY KEY (part, job, final)
        ) STRICT, WITHOUT ROWID;

        CREATE INDEX awaited_by_final ON awaited (job, final, is_here);

        -- An id is never used again: a lease is known by id and attempt.
        CREATE TABLE work (
            id       INTEGER PRIMARY KEY AUTOINCREMENT,
            kind     TEXT NOT NULL,
            job      TEXT NOT NULL,
            media    BLOB NOT NULL,
            attempt  INTEGER NOT NULL DEFAULT 0,
            leased   INTEGER NOT NULL DEFAULT 0,
            due      INTEGER NOT NULL DEFAULT 0
        ) STRICT;

        CREATE INDEX work_by_kind ON work (kind, id);

        -- Bytes that nobody names, and when a sweep found them first and last, in running time: a file's own time is
        -- a wall clock's.
        CREATE TABLE orphans (
            blob      TEXT NOT NULL PRIMARY KEY,
            found_at  INTEGER NOT NULL,
            seen_at   INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;

        -- How far the pass of the scrub is that is under way.
        CREATE TABLE scrub (content TEXT) STRICT;
        INSERT INTO scrub VALUES (NULL);

        -- Whether a server works with the file.
        CREATE TABLE running (id INTEGER PRIMARY KEY) STRICT;

        -- Uploads age by the time that servers have run, not by a wall clock.
        CREATE TABLE running_time (ran INTEGER NOT NULL) STRICT;
        INSERT INTO running_time VALUES (0);
        """;
}
