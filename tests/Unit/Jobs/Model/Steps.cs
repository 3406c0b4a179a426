using FsCheck;
using FsCheck.Fluent;

namespace OrleansIngest.Unit.Tests.Jobs.Model;

/// <summary>Generates what devices may send, in any order and any number of times.</summary>
internal static class Steps
{
    private const int Media = 5;

    private static readonly (int, Gen<Kind>)[] s_streamed =
    [
        (6, Gen.Constant(Kind.Create)), (7, Gen.Constant(Kind.Complete)), (2, Gen.Constant(Kind.Fail)),
        (1, Gen.Constant(Kind.Delete)), (1, Gen.Constant(Kind.DeleteAll)),
    ];

    private static readonly (int, Gen<Kind>)[] s_whole =
        [(12, Gen.Constant(Kind.Store)), (2, Gen.Constant(Kind.Delete)), (1, Gen.Constant(Kind.DeleteAll))];

    private static readonly (int, Gen<Kind>)[] s_scrubbing =
        [(3, Gen.Constant(Kind.FindDamage)), (2, Gen.Constant(Kind.FindIntact))];

    private static readonly Gen<Attempt> s_attempt =
        from media in Gen.Choose(0, Media - 1)
        from number in Gen.Choose(0, 2)
        from content in Gen.Choose(0, Attempt.Contents - 1)
        from declares in Gen.Elements(Declares.Nothing, Declares.TheTruth, Declares.SomethingElse)
        from saysLength in Gen.Elements(true, true, false)
        from isWhole in Gen.Elements(true, false, false)
        select new Attempt(media, number, content, declares, saysLength, isWhole);

    /// <summary>
    /// What devices do: many commands about few attempts, so that most of them meet others
    /// about the same media and bytes.
    /// </summary>
    public static readonly Gen<Step[]> OfDevices = Of([]);

    /// <summary>The same on a disk that loses bytes, and is mended.</summary>
    public static readonly Gen<Step[]> Any = Of(s_scrubbing);

    private static Gen<Step[]> Of((int, Gen<Kind>)[] others) =>
        from attempts in s_attempt.ArrayOf(8)
        from length in Gen.Choose(1, 40)
        from steps in AnyOf(attempts, others).ArrayOf(length)
        select steps;

    private static Gen<Step> AnyOf(Attempt[] attempts, (int, Gen<Kind>)[] others) =>
        from about in Gen.Elements(attempts)
        from kind in Gen.Frequency([.. about.IsWhole ? s_whole : s_streamed, .. others])
        select new Step(kind, about);
}
