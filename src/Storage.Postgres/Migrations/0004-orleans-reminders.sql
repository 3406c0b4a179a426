-- Reminders for Orleans' ADO.NET provider (Microsoft.Orleans.Reminders.AdoNet 10.4.2). Silos share the reminders by the
-- hash of the grain, so they are read in ranges of it. Period is in milliseconds.

CREATE TABLE OrleansRemindersTable (
    ServiceId     text NOT NULL,
    GrainId       text NOT NULL,
    ReminderName  text NOT NULL,
    StartTime     timestamptz NOT NULL,
    Period        bigint NOT NULL,
    GrainHash     integer NOT NULL,
    Version       integer NOT NULL,
    PRIMARY KEY (ServiceId, GrainId, ReminderName)
);

CREATE INDEX OrleansRemindersTable_by_hash ON OrleansRemindersTable (ServiceId, GrainHash);

INSERT INTO OrleansQuery VALUES ('ReadReminderRowKey', $query$
SELECT GrainId, ReminderName, StartTime, Period, Version FROM OrleansRemindersTable
WHERE ServiceId = @ServiceId AND GrainId = @GrainId AND ReminderName = @ReminderName;
$query$);

INSERT INTO OrleansQuery VALUES ('ReadReminderRowsKey', $query$
SELECT GrainId, ReminderName, StartTime, Period, Version FROM OrleansRemindersTable
WHERE ServiceId = @ServiceId AND GrainId = @GrainId;
$query$);

INSERT INTO OrleansQuery VALUES ('ReadRangeRows1Key', $query$
SELECT GrainId, ReminderName, StartTime, Period, Version FROM OrleansRemindersTable
WHERE ServiceId = @ServiceId AND GrainHash > @BeginHash AND GrainHash <= @EndHash;
$query$);

-- A range that goes over the largest hash.
INSERT INTO OrleansQuery VALUES ('ReadRangeRows2Key', $query$
SELECT GrainId, ReminderName, StartTime, Period, Version FROM OrleansRemindersTable
WHERE ServiceId = @ServiceId AND (GrainHash > @BeginHash OR GrainHash <= @EndHash);
$query$);

INSERT INTO OrleansQuery VALUES ('UpsertReminderRowKey', $query$
INSERT INTO OrleansRemindersTable AS reminder (
    ServiceId, GrainId, ReminderName, StartTime, Period, GrainHash, Version)
VALUES (@ServiceId, @GrainId, @ReminderName, @StartTime, @Period, @GrainHash, 0)
ON CONFLICT (ServiceId, GrainId, ReminderName) DO UPDATE SET
    StartTime = excluded.StartTime, Period = excluded.Period, GrainHash = excluded.GrainHash,
    Version = reminder.Version + 1
RETURNING Version;
$query$);

INSERT INTO OrleansQuery VALUES ('DeleteReminderRowKey', $query$
WITH removed AS (
    DELETE FROM OrleansRemindersTable
    WHERE ServiceId = @ServiceId AND GrainId = @GrainId AND ReminderName = @ReminderName AND Version = @Version
    RETURNING 1)
SELECT EXISTS (SELECT FROM removed);
$query$);

INSERT INTO OrleansQuery VALUES ('DeleteReminderRowsKey', $query$
DELETE FROM OrleansRemindersTable WHERE ServiceId = @ServiceId;
$query$);
