using OrleansIngest.Grains.Feed;
using OrleansIngest.Grains.Jobs;
using OrleansIngest.Grains.Ports;
using OrleansIngest.Unit.Tests.Jobs.Model;
using OrleansIngest.Unit.Tests.Support;

namespace OrleansIngest.Unit.Tests.Log;

/// <summary>
/// Two activations of one job on one journal. That must never happen,
/// and must do no harm if it does.
/// </summary>
internal sealed class TwoWriters
{
    private readonly Gate _gate = new();
    private readonly List<(Task<Outcome> Reply, Step Step)> _commands = [];

    public TwoWriters()
    {
        Journal.Appends.Otherwise = _gate.Hold;
        Journal.Loads.Otherwise = _gate.Hold;
        Writers = [New(), New()];
    }

    public FakeJournal Journal { get; } = new();

    public Writer[] Writers { get; }

    /// <summary>What was answered, in no order.</summary>
    public IEnumerable<(Outcome Outcome, Step Step)> Answers =>
        _commands.Where(c => c.Reply.IsCompletedSuccessfully).Select(c => (c.Reply.Result, c.Step));

    /// <summary>
    /// The commands that got neither an answer nor a failure that says to repeat them.
    /// </summary>
    public IEnumerable<Step> Forgotten =>
        _commands.Where(c => !c.Reply.IsCompleted || c.Reply.Exception is { InnerException: not JournalException })
            .Select(c => c.Step);

    public static TwoWriters After(IEnumerable<Move> moves)
    {
        var two = new TwoWriters();
        foreach (var move in moves)
            two.Make(move);
        two.ComeToRest();
        return two;
    }

    /// <summary>The job as a writer has it.</summary>
    public Job Read(Writer writer)
    {
        var read = writer.Read(job => job);
        ComeToRest();
        return read.Result;
    }

    /// <summary>Has a writer write something, which brings it up to date.</summary>
    public void Touch(Writer writer)
    {
        _ = writer.Delete(100 + Journal.Committed.Count);
        ComeToRest();
    }

    private void Make(Move move)
    {
        var writer = Writers[move.Which];
        switch (move.What)
        {
            case Happening.Command:
                _commands.Add((writer.Do((job, at) => Decision(move.Step.Decide(job, at))), move.Step));
                break;
            case Happening.Turn:
                writer.Turns.RunOne();
                break;
            default:
                _gate.Open(
                    move.Which, happens: move.What != Happening.LoseCall, answers: move.What == Happening.Arrive);
                break;
        }
    }

    /// <summary>Nothing is lost from now on, and all that is on its way arrives.</summary>
    private void ComeToRest()
    {
        for (var calls = 0; calls == 0 || _gate.Count > 0; calls++)
        {
            Assert.True(calls < 10_000, "The writers never come to rest.");
            _gate.Open();
            foreach (var writer in Writers)
                writer.Turns.RunAll();
        }
    }

    private Writer New() => new(Journal, new ActivityFeed(Journal, Journal, TimeProvider.System), new FakeTime());

    private static Decision<Outcome> Decision(Outcome outcome) => new(outcome, outcome.Events, outcome.Opened);
}
