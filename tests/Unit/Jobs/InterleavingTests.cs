using FsCheck;
using FsCheck.Fluent;
using OrleansIngest.Unit.Tests.Jobs.Model;
using OrleansIngest.Unit.Tests.Support;

namespace OrleansIngest.Unit.Tests.Jobs;

/// <summary>
/// Two devices that know nothing of each other bring their own media, of which some are
/// equal. Whoever is faster, the same media are safe in the end; only which of two equal ones
/// is the original depends on it.
/// </summary>
public sealed class InterleavingTests
{
    private const int MediaPerDevice = 3;

    private static readonly Gen<Case> s_cases =
        from first in Device(0)
        from second in Device(1)
        from one in Gen.Elements(true, false).ArrayOf(first.Length + second.Length)
        from other in Gen.Elements(true, false).ArrayOf(first.Length + second.Length)
        select new Case(first, second, one, other);

    [Fact]
    public void Every_interleaving_of_two_devices_ends_with_the_same_media_safe() =>
        Always.Holds(s_cases, @case =>
        {
            var one = World.After(Interleave(@case.First, @case.Second, @case.One));
            var other = World.After(Interleave(@case.First, @case.Second, @case.Other));
            Assert.Equal(Fates(one), Fates(other));
            Assert.Equal(one.Job.Counts.Stored, other.Job.Counts.Stored);
            Assert.Equal(one.Job.Counts.Duplicates, other.Job.Counts.Duplicates);
            Assert.Equal(one.Job.Counts.StoredBytes, other.Job.Counts.StoredBytes);
        });

    private static SortedDictionary<Guid, string> Fates(World world) =>
        new(world.Media.ToDictionary(m => m.Id, m => m.IsSafe ? $"safe {m.Sha256}" : m.Status.ToString()));

    private static IEnumerable<Step> Interleave(Step[] first, Step[] second, bool[] turns)
    {
        var (i, j) = (0, 0);
        foreach (var turn in turns)
        {
            if (i < first.Length && (turn || j == second.Length))
                yield return first[i++];
            else
                yield return second[j++];
        }
    }

    private static Gen<Step[]> Device(int device) =>
        from files in File.ArrayOf(MediaPerDevice)
        from length in Gen.Choose(0, 15)
        from steps in Command(device, files).ArrayOf(length)
        select (Step[])[.. steps, .. Ending(device, files)];

    /// <summary>A device says the same of a file in every attempt, and it does not lie.</summary>
    private static Gen<(int Content, Declares Declares)> File =>
        from content in Gen.Choose(0, Attempt.Contents - 1)
        from declares in Gen.Elements(Declares.Nothing, Declares.TheTruth)
        select (content, declares);

    /// <summary>
    /// No upload with a known hash is given up: if the other device was faster it is
    /// complete, otherwise it would fail.
    /// </summary>
    private static Gen<Step> Command(int device, (int Content, Declares Declares)[] files) =>
        from file in Gen.Choose(0, MediaPerDevice - 1)
        from number in Gen.Choose(0, 1)
        from kind in Gen.Elements(
            Kind.Create, Kind.Create, Kind.Complete, Kind.Complete, Kind.Store, Kind.Fail, Kind.Delete)
        let able = kind == Kind.Fail && files[file].Declares != Declares.Nothing ? Kind.Create : kind
        select new Step(able, AttemptAt(device, file, number, files[file], able == Kind.Store));

    /// <summary>For the same reason, an upload with a known hash is brought to its end.</summary>
    private static IEnumerable<Step> Ending(int device, (int Content, Declares Declares)[] files) =>
        from file in Enumerable.Range(0, MediaPerDevice)
        where files[file].Declares != Declares.Nothing
        select new Step(Kind.Store, AttemptAt(device, file, 9, files[file], isWhole: true));

    private static Attempt AttemptAt(
        int device, int file, int number, (int Content, Declares Declares) said, bool isWhole) =>
        new((device * MediaPerDevice) + file, number, said.Content, said.Declares, SaysLength: true, isWhole);

    private sealed record Case(Step[] First, Step[] Second, bool[] One, bool[] Other);
}
