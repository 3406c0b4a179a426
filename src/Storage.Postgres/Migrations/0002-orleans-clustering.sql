-- Membership for Orleans' ADO.NET provider (Microsoft.Orleans.Clustering.AdoNet 10.4.2), which looks up the statements by
-- name in OrleansQuery and fills in the parameters that begin with @. One table has a row for each silo, the other one the
-- version of the whole: a silo changes its row only if the version is the one that it has read, and raises it.

CREATE TABLE OrleansQuery (
    QueryKey   text PRIMARY KEY,
    QueryText  text NOT NULL
);

CREATE TABLE OrleansMembershipVersionTable (
    DeploymentId  text PRIMARY KEY,
    Timestamp     timestamptz NOT NULL DEFAULT now(),
    Version       integer NOT NULL DEFAULT 0
);

CREATE TABLE OrleansMembershipTable (
    DeploymentId  text NOT NULL REFERENCES OrleansMembershipVersionTable,
    Address       text NOT NULL,
    Port          integer NOT NULL,
    Generation    integer NOT NULL,
    SiloName      text NOT NULL,
    HostName      text NOT NULL,
    Status        integer NOT NULL,
    ProxyPort     integer NOT NULL,
    SuspectTimes  text,
    StartTime     timestamptz NOT NULL,
    IAmAliveTime  timestamptz NOT NULL,
    PRIMARY KEY (DeploymentId, Address, Port, Generation)
);

-- True if this call added the row.
INSERT INTO OrleansQuery VALUES ('InsertMembershipVersionKey', $query$
WITH added AS (
    INSERT INTO OrleansMembershipVersionTable (DeploymentId) VALUES (@DeploymentId)
    ON CONFLICT DO NOTHING
    RETURNING 1)
SELECT EXISTS (SELECT FROM added);
$query$);

-- The version row is always there, so a table without silos answers with one row without a silo.
INSERT INTO OrleansQuery VALUES ('MembershipReadAllKey', $query$
SELECT Version, Address, Port, Generation, SiloName, HostName, Status, ProxyPort, SuspectTimes, StartTime, IAmAliveTime
FROM OrleansMembershipVersionTable LEFT JOIN OrleansMembershipTable USING (DeploymentId)
WHERE DeploymentId = @DeploymentId;
$query$);

INSERT INTO OrleansQuery VALUES ('MembershipReadRowKey', $query$
SELECT Version, Address, Port, Generation, SiloName, HostName, Status, ProxyPort, SuspectTimes, StartTime, IAmAliveTime
FROM OrleansMembershipVersionTable AS whole
LEFT JOIN OrleansMembershipTable AS silo ON silo.DeploymentId = whole.DeploymentId
    AND Address = @Address AND Port = @Port AND Generation = @Generation
WHERE whole.DeploymentId = @DeploymentId;
$query$);

-- Two silos that read the same version wait for each other at its row, and the second one does nothing.
INSERT INTO OrleansQuery VALUES ('InsertMembershipKey', $query$
WITH raised AS (
    UPDATE OrleansMembershipVersionTable SET Version = Version + 1, Timestamp = now()
    WHERE DeploymentId = @DeploymentId AND Version = @Version AND NOT EXISTS (
        SELECT FROM OrleansMembershipTable
        WHERE DeploymentId = @DeploymentId AND Address = @Address AND Port = @Port AND Generation = @Generation)
    RETURNING DeploymentId),
added AS (
    INSERT INTO OrleansMembershipTable (
        DeploymentId, Address, Port, Generation, SiloName, HostName, Status, ProxyPort, StartTime, IAmAliveTime)
    SELECT DeploymentId, @Address, @Port, @Generation, @SiloName, @HostName, @Status, @ProxyPort, @StartTime, @IAmAliveTime
    FROM raised
    ON CONFLICT DO NOTHING
    RETURNING 1)
SELECT EXISTS (SELECT FROM added);
$query$);

INSERT INTO OrleansQuery VALUES ('UpdateMembershipKey', $query$
WITH raised AS (
    UPDATE OrleansMembershipVersionTable SET Version = Version + 1, Timestamp = now()
    WHERE DeploymentId = @DeploymentId AND Version = @Version
    RETURNING DeploymentId),
changed AS (
    UPDATE OrleansMembershipTable AS silo
    SET Status = @Status, SuspectTimes = @SuspectTimes, IAmAliveTime = @IAmAliveTime
    FROM raised
    WHERE silo.DeploymentId = raised.DeploymentId
        AND Address = @Address AND Port = @Port AND Generation = @Generation
    RETURNING 1)
SELECT EXISTS (SELECT FROM changed);
$query$);

INSERT INTO OrleansQuery VALUES ('UpdateIAmAlivetimeKey', $query$
UPDATE OrleansMembershipTable SET IAmAliveTime = @IAmAliveTime
WHERE DeploymentId = @DeploymentId AND Address = @Address AND Port = @Port AND Generation = @Generation;
$query$);

-- A silo without a gateway has the port 0.
INSERT INTO OrleansQuery VALUES ('GatewaysQueryKey', $query$
SELECT Address, ProxyPort, Generation FROM OrleansMembershipTable
WHERE DeploymentId = @DeploymentId AND Status = @Status AND ProxyPort > 0;
$query$);

INSERT INTO OrleansQuery VALUES ('DeleteMembershipTableEntriesKey', $query$
DELETE FROM OrleansMembershipTable WHERE DeploymentId = @DeploymentId;
DELETE FROM OrleansMembershipVersionTable WHERE DeploymentId = @DeploymentId;
$query$);

-- 6 is SiloStatus.Dead.
INSERT INTO OrleansQuery VALUES ('CleanupDefunctSiloEntriesKey', $query$
DELETE FROM OrleansMembershipTable
WHERE DeploymentId = @DeploymentId AND Status = 6 AND IAmAliveTime < @IAmAliveTime;
$query$);

-- Only if the row is still as the caller has read it.
INSERT INTO OrleansQuery VALUES ('CleanupDefunctSiloEntryKey', $query$
DELETE FROM OrleansMembershipTable
WHERE DeploymentId = @DeploymentId AND Address = @Address AND Port = @Port AND Generation = @Generation
    AND Status = 6 AND StartTime = @StartTime AND IAmAliveTime = @IAmAliveTime
    AND coalesce(SuspectTimes, '') = coalesce(CAST(@SuspectTimes AS text), '');
$query$);
