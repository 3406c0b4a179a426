using OrleansIngest.Grains.Jobs;
using OrleansIngest.Grains.Model;
using OrleansIngest.Unit.Tests.Support;

namespace OrleansIngest.Unit.Tests.Jobs.Model;

/// <summary>What a device says of the hash when it creates an upload.</summary>
internal enum Declares
{
    Nothing,
    TheTruth,
    SomethingElse,
}

/// <summary>
/// One attempt to bring one media: the birth certificate of a blob in the media store. Everything
/// about the bytes follows from it, so whichever commands name the attempt agree on them.
/// </summary>
/// <param name="Media">Which media.</param>
/// <param name="Number">Which attempt at it.</param>
/// <param name="Content">Which bytes arrive.</param>
/// <param name="Declares">What was said of their hash.</param>
/// <param name="SaysLength">Whether their length was said.</param>
/// <param name="IsWhole">Whether the body comes with its creation.</param>
internal sealed record Attempt(int Media, int Number, int Content, Declares Declares, bool SaysLength, bool IsWhole)
{
    public const int Contents = 3;

    public Guid Id => Some.Media(Media);

    public string Name => $"m{Media}-n{Number}-c{Content}-{Declares}-{SaysLength}-{IsWhole}";

    public BlobId Incoming => Some.Blob(Name);

    /// <summary>On some stores the bytes stay where they came, on others they move.</summary>
    public BlobId Kept => Number % 2 == 0 ? Incoming : Some.ContentOf(Name);

    public CreateUpload Create => Some.Create(Media, Name) with
    {
        Device = $"phone-{Media % 2}",
        Length = SaysLength ? Some.Length(Content) : null,
        Sha256 = Declares switch
        {
            Declares.TheTruth => Some.Hash(Content),
            Declares.SomethingElse => Some.Hash((Content + 1) % Contents),
            _ => null,
        },
    };

    public CompleteUpload Complete => Some.Complete(Media, Name, Content) with { Content = Kept };

    public FailUpload Fail => Some.Fail(Media, Name, Number == 0 ? Some.Termination : Some.Expiry);

    /// <summary>Its bytes were read again.</summary>
    public ReportBytes Found(string? damage) => new() { Content = Kept, Sha256 = Some.Hash(Content), Damage = damage };

    public override string ToString() => Name;
}
