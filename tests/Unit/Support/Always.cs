using FsCheck;
using FsCheck.Fluent;
using Microsoft.FSharp.Core;

namespace OrleansIngest.Unit.Tests.Support;

/// <summary>
/// Checks a property on generated cases: the same ones in every run, or new ones if
/// PROPERTY_TESTS says how many.
/// </summary>
internal static class Always
{
    private const ulong Seed = 20261121;
    private const ulong Gamma = 9;
    private const int Tests = 1000;

    private static readonly string? s_explore = Environment.GetEnvironmentVariable("PROPERTY_TESTS");

    public static void Holds<T>(Gen<T> cases, Action<T> body) => Check(Prop.ForAll(Arb.From(cases), body));

    /// <summary>For a list of steps: a failing one is cut down to the steps that matter.</summary>
    public static void HoldsAfter<T>(Gen<T[]> steps, Action<T[]> body) =>
        Check(Prop.ForAll(Arb.From(steps, Shorter), body));

    private static IEnumerable<T[]> Shorter<T>(T[] steps)
    {
        if (steps.Length > 3)
        {
            yield return steps[..(steps.Length / 2)];
            yield return steps[(steps.Length / 2)..];
        }
        for (var i = 0; i < steps.Length; i++)
            yield return [.. steps[..i], .. steps[(i + 1)..]];
    }

    private static void Check(Property property) => property.Check(Settings());

    private static Config Settings()
    {
        var config = Config.QuickThrowOnFailure.WithQuietOnSuccess(true);
        if (s_explore is not null)
            return config.WithMaxTest(int.Parse(s_explore));
        var replay = new Replay(new Rnd(Seed, Gamma), FSharpOption<int>.None);
        return config.WithMaxTest(Tests).WithReplay(FSharpOption<Replay>.Some(replay));
    }
}
