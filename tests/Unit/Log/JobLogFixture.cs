using OrleansIngest.Grains.Feed;
using OrleansIngest.Unit.Tests.Support;

namespace OrleansIngest.Unit.Tests.Log;

/// <summary>
/// A log on a journal in memory. All of it runs on the test's thread, when the test says so.
/// </summary>
public abstract class JobLogFixture : IDisposable
{
    protected JobLogFixture()
    {
        Feed = new ActivityFeed(Journal, Journal, Time);
        Log = NewWriter();
    }

    internal FakeTime Time { get; } = new();

    internal FakeJournal Journal { get; } = new();

    internal ActivityFeed Feed { get; }

    internal Writer Log { get; }

    /// <summary>Holds the calls that the test tells it to.</summary>
    internal Gate Gate { get; } = new();

    /// <summary>The events of the journal, as "seq what media".</summary>
    internal IEnumerable<string> History =>
        Journal.Events(Some.Job)
            .Select(e => $"{e.Public.Seq} {e.Public.WhatCase} {Some.Number(Guid.Parse(e.Public.Media))}");

    public void Dispose()
    {
        GC.SuppressFinalize(this);
        Assert.Empty(Journal.Broken);
    }

    internal Writer NewWriter() => new(Journal, Feed, Time);

    /// <summary>Lets the oldest held call go on, and runs what follows from it.</summary>
    internal void OpenGate(bool happens = true, bool answers = true)
    {
        Gate.Open(0, happens, answers);
        Log.Turns.RunAll();
    }

    /// <summary>What a task that must have ended gave.</summary>
    internal static T Answer<T>(Task<T> reply)
    {
        Assert.True(reply.IsCompleted, "There is no answer.");
        return reply.GetAwaiter().GetResult();
    }
}
