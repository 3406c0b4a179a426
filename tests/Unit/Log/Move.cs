using FsCheck;
using FsCheck.Fluent;
using OrleansIngest.Unit.Tests.Jobs.Model;

namespace OrleansIngest.Unit.Tests.Log;

/// <summary>What may happen next to two writers and the journal between them.</summary>
internal enum Happening
{
    /// <summary>A writer gets a command.</summary>
    Command,

    /// <summary>A writer runs one turn.</summary>
    Turn,

    /// <summary>A call reaches the journal, and its answer the writer.</summary>
    Arrive,

    /// <summary>A call never reaches the journal: its writer hears of a failure.</summary>
    LoseCall,

    /// <summary>
    /// A call reaches the journal, but its answer is lost: its writer hears of a failure.
    /// </summary>
    LoseAnswer,
}

/// <summary>One thing that happens.</summary>
/// <param name="What">What happens.</param>
/// <param name="Which">To which writer, or to which of the calls on their way.</param>
/// <param name="Step">The command, if it is one.</param>
internal sealed record Move(Happening What, int Which, Step Step)
{
    private static readonly Gen<Happening> s_happening = Gen.Frequency(
        (6, Gen.Constant(Happening.Command)), (6, Gen.Constant(Happening.Turn)), (5, Gen.Constant(Happening.Arrive)),
        (1, Gen.Constant(Happening.LoseCall)), (1, Gen.Constant(Happening.LoseAnswer)));

    public static readonly Gen<Move[]> Any =
        from steps in Steps.OfDevices
        from length in Gen.Choose(1, 80)
        from moves in One(steps).ArrayOf(length)
        select moves;

    public override string ToString() => What == Happening.Command ? $"{Which}: {Step}" : $"{Which}: {What}";

    private static Gen<Move> One(Step[] steps) =>
        from what in s_happening
        from which in Gen.Choose(0, 1)
        from step in Gen.Elements(steps)
        select new Move(what, which, step);
}
