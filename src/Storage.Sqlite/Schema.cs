namespace OrleansIngest.Storage.Sqlite;

/// <summary>
/// The tables. Times are .NET ticks in UTC (100 ns since the year 1) or, where it says so, of running time; UUIDs 16 bytes big-endian, SHA-256 32 bytes.
/// </summary>
internal static class Schema
{
    /// <summary>How a file of one version becomes the next: number n of these makes version n + 1. Steps are only ever added.</summary>
    public static readonly IReadOnlyList<string> Steps = [First, Locations, Checksums, Digests, Concatenation, UploadsByDevice, UploadsByPlace, RunningTime, Awaited, Orphans, HeadChecksum];

    // A job's rows lie together in every table, in the order in which they are read, so nothing but the queue needs an index.
    private const string First = """
        CREATE TABLE jobs (
            job             TEXT PRIMARY KEY,
            head            INTEGER NOT NULL,
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

        CREATE TABLE journal (
            job      TEXT NOT NULL,
            seq      INTEGER NOT NULL,
            event    BLOB NOT NULL,
            private  BLOB NOT NULL,
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
            place              TEXT NOT NULL,
            location           TEXT NOT NULL,
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

        CREATE TABLE uploads (
            job             TEXT NOT NULL,
            media           BLOB NOT NULL,
            place           TEXT NOT NULL,
            device          TEXT NOT NULL,
            length          INTEGER,
            raw_metadata    TEXT NOT NULL,
            expires_at      INTEGER NOT NULL,
            durable_offset  INTEGER NOT NULL,
            PRIMARY KEY (job, media)
        ) STRICT, WITHOUT ROWID;

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
        """;

    /// <summary>Who looks after the bytes asks who needs them, and reads them again in the order of their locations.</summary>
    private const string Locations = """
        CREATE INDEX media_by_location ON media (location) WHERE location <> '';

        CREATE TABLE scrub (location TEXT NOT NULL) STRICT;
        INSERT INTO scrub VALUES ('');
        """;

    /// <summary>Each event has a checksum, of its own and what it is filed under, and a file says whether a server works with it.</summary>
    private const string Checksums = """
        ALTER TABLE journal ADD COLUMN crc INTEGER NOT NULL DEFAULT 0;
        UPDATE journal SET crc = event_crc(job, seq, event, private);

        CREATE TABLE running (id INTEGER PRIMARY KEY) STRICT;
        """;

    /// <summary>What a file was said to hash to, and from where on bytes do not count because they are not compared yet.</summary>
    private const string Digests = """
        ALTER TABLE uploads ADD COLUMN declared_sha512 TEXT;
        ALTER TABLE uploads ADD COLUMN unverified_from INTEGER;
        """;

    /// <summary>What an upload is in a concatenation, and which places a joined one needs.</summary>
    private const string Concatenation = """
        ALTER TABLE uploads ADD COLUMN concat TEXT;
        CREATE INDEX finals ON uploads (job) WHERE concat NOT IN ('', 'partial');

        CREATE TABLE parts (
            part    TEXT NOT NULL,
            joined  TEXT NOT NULL,
            PRIMARY KEY (part, joined)
        ) STRICT, WITHOUT ROWID;
        """;

    /// <summary>A device may have so many open uploads: whoever creates one asks how many there are.</summary>
    private const string UploadsByDevice = "CREATE INDEX uploads_by_device ON uploads (device) WHERE device <> '' AND concat IS NOT 'partial';";

    /// <summary>Whoever frees bytes asks whether an upload needs them.</summary>
    private const string UploadsByPlace = "CREATE INDEX uploads_by_place ON uploads (place);";

    /// <summary>Uploads age by the time that servers have run, not by a wall clock. Those that were there begin to age anew.</summary>
    private const string RunningTime = """
        CREATE TABLE running_time (ran INTEGER NOT NULL) STRICT;
        INSERT INTO running_time VALUES (0);

        ALTER TABLE uploads RENAME COLUMN expires_at TO last_byte_at;
        UPDATE uploads SET last_byte_at = 0;
        """;

    /// <summary>Which parts an open final waits for, or has waited for: so the end of a part need not look at all others.</summary>
    private const string Awaited = """
        CREATE TABLE awaited (
            part     TEXT NOT NULL,
            job      TEXT NOT NULL,
            final    BLOB NOT NULL,
            is_here  INTEGER NOT NULL,
            PRIMARY KEY (part, job, final)
        ) STRICT, WITHOUT ROWID;

        CREATE INDEX awaited_by_final ON awaited (job, final, is_here);
        DROP INDEX finals;
        """;

    /// <summary>Bytes that nobody names, and when a sweep found them first and last, in running time: a file's own time is a wall clock's.</summary>
    private const string Orphans = """
        CREATE TABLE orphans (
            place     TEXT NOT NULL PRIMARY KEY,
            found_at  INTEGER NOT NULL,
            seen_at   INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        """;

    /// <summary>What a job's row says is as of its last event, which the event's number alone does not name.</summary>
    private const string HeadChecksum = """
        ALTER TABLE jobs ADD COLUMN head_crc INTEGER NOT NULL DEFAULT 0;
        UPDATE jobs SET head_crc = ifnull((SELECT crc FROM journal WHERE journal.job = jobs.job AND seq = head), 0);
        """;
}
