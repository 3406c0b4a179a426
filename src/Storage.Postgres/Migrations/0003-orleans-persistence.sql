-- Grain states for Orleans' ADO.NET provider (Microsoft.Orleans.Persistence.AdoNet 10.4.2). A state belongs to a service, a
-- state name (GrainTypeString) and a grain's key. The provider turns keys that read as a number or a UUID into the two
-- integers; all other keys are the extension string. The hashes are only for finding rows fast.

CREATE TABLE OrleansStorage (
    GrainIdHash             integer NOT NULL,
    GrainIdN0               bigint NOT NULL,
    GrainIdN1               bigint NOT NULL,
    GrainTypeHash           integer NOT NULL,
    GrainTypeString         text NOT NULL,
    GrainIdExtensionString  text,
    ServiceId               text NOT NULL,
    PayloadBinary           bytea,                 -- NULL: cleared; the row stays for its version
    ModifiedOn              timestamptz NOT NULL,  -- for people; nothing reads it
    Version                 integer NOT NULL
);

-- Unique, so that of two first writes of a state one fails. It starts with the hashes, so it is also the index for reading.
CREATE UNIQUE INDEX OrleansStorage_by_key ON OrleansStorage (
    GrainIdHash, GrainTypeHash, GrainIdN0, GrainIdN1, GrainTypeString, coalesce(GrainIdExtensionString, ''), ServiceId);

INSERT INTO OrleansQuery VALUES ('ReadFromStorageKey', $query$
SELECT PayloadBinary, Version
FROM OrleansStorage
WHERE GrainIdHash = @GrainIdHash AND GrainTypeHash = @GrainTypeHash
    AND GrainIdN0 = @GrainIdN0 AND GrainIdN1 = @GrainIdN1
    AND GrainTypeString = @GrainTypeString
    AND coalesce(GrainIdExtensionString, '') = coalesce(CAST(@GrainIdExtensionString AS text), '')
    AND ServiceId = @ServiceId;
$query$);

-- The new version is the answer. No row means that the stored version is another one: that is a conflict. The first part
-- acts if the grain knows a version, the second if it knows none, so there is never more than one row.
INSERT INTO OrleansQuery VALUES ('WriteToStorageKey', $query$
WITH changed AS (
    UPDATE OrleansStorage SET PayloadBinary = @PayloadBinary, ModifiedOn = now(), Version = Version + 1
    WHERE GrainIdHash = @GrainIdHash AND GrainTypeHash = @GrainTypeHash
        AND GrainIdN0 = @GrainIdN0 AND GrainIdN1 = @GrainIdN1
        AND GrainTypeString = @GrainTypeString
        AND coalesce(GrainIdExtensionString, '') = coalesce(CAST(@GrainIdExtensionString AS text), '')
        AND ServiceId = @ServiceId
        AND Version = CAST(@GrainStateVersion AS integer)
    RETURNING Version),
added AS (
    INSERT INTO OrleansStorage (
        GrainIdHash, GrainIdN0, GrainIdN1, GrainTypeHash, GrainTypeString, GrainIdExtensionString, ServiceId,
        PayloadBinary, ModifiedOn, Version)
    SELECT
        @GrainIdHash, @GrainIdN0, @GrainIdN1, @GrainTypeHash, @GrainTypeString, CAST(@GrainIdExtensionString AS text),
        @ServiceId, @PayloadBinary, now(), 1
    WHERE CAST(@GrainStateVersion AS integer) IS NULL
    ON CONFLICT DO NOTHING
    RETURNING Version)
SELECT Version AS NewGrainStateVersion FROM changed
UNION ALL
SELECT Version FROM added;
$query$);

INSERT INTO OrleansQuery VALUES ('ClearStorageKey', $query$
UPDATE OrleansStorage SET PayloadBinary = NULL, ModifiedOn = now(), Version = Version + 1
WHERE GrainIdHash = @GrainIdHash AND GrainTypeHash = @GrainTypeHash
    AND GrainIdN0 = @GrainIdN0 AND GrainIdN1 = @GrainIdN1
    AND GrainTypeString = @GrainTypeString
    AND coalesce(GrainIdExtensionString, '') = coalesce(CAST(@GrainIdExtensionString AS text), '')
    AND ServiceId = @ServiceId
    AND Version = CAST(@GrainStateVersion AS integer)
RETURNING Version AS NewGrainStateVersion;
$query$);

-- With the provider's option to delete the rows of states that are cleared.
INSERT INTO OrleansQuery VALUES ('DeleteStorageKey', $query$
DELETE FROM OrleansStorage
WHERE GrainIdHash = @GrainIdHash AND GrainTypeHash = @GrainTypeHash
    AND GrainIdN0 = @GrainIdN0 AND GrainIdN1 = @GrainIdN1
    AND GrainTypeString = @GrainTypeString
    AND coalesce(GrainIdExtensionString, '') = coalesce(CAST(@GrainIdExtensionString AS text), '')
    AND ServiceId = @ServiceId
    AND Version = CAST(@GrainStateVersion AS integer)
RETURNING Version + 1 AS NewGrainStateVersion;
$query$);
