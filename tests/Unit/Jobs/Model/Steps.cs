using FsCheck;
using FsCheck.Fluent;

namespace OrleansIngest.Unit.Tests.Jobs.Model;

/// <summary>Generates what devices may send, in any order and any number of times.</summary>
internal static class Steps
{
    private const int Media = 5;

    private static readonly Gen<Kind> s_streamed = Gen.Frequency(
        (6, Gen.Constant(Kind.Create)), (7, Gen.Constant(Kind.Complete)), (2, Gen.Constant(Kind.Fail)),
        (1, Gen.Constant(Kind.Delete)), (1, Gen.Constant(Kind.DeleteAll)));

    private static readonly Gen<Kind> s_whole = Gen.Frequency(
        (12, Gen.Constant(Kind.Store)), (2, Gen.Constant(Kind.Delete)), (1, Gen.Constant(Kind.DeleteAll)));

    private static readonly Gen<Attempt> s_attempt =
        from media in Gen.Choose(0, Media - 1)
        from number in Gen.Choose(0, 2)
        from content in Gen.Choose(0, Attempt.Contents - 1)
        from declares in Gen.Elements(Declares.Nothing, Declares.TheTruth, Declares.SomethingElse)
        from saysLength in Gen.Elements(true, true, false)
        from isWhole in Gen.Elements(true, false, false)
        select new Attempt(media, number, content, declares, saysLength, isWhole);

    /// <summary>Many commands about few attempts, so that most of them meet others about the same media and bytes.</summary>
    public static readonly Gen<Step[]> Any =
        from attempts in s_attempt.ArrayOf(8)
        from length in Gen.Choose(1, 40)
        from steps in AnyOf(attempts).ArrayOf(length)
        select steps;

    private static Gen<Step> AnyOf(Attempt[] attempts) =>
        from about in Gen.Elements(attempts)
        from kind in about.IsWhole ? s_whole : s_streamed
        select new Step(kind, about);
}
