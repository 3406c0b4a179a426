using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Limits;

/// <summary>A server that takes little of everything.</summary>
public sealed class LimitsServer() : ServerFixture(
    $"MaxJobMedia={MaxMedia}", $"MaxJobSize={MaxBytes}", $"MaxOpenUploads={MaxOpen}",
    $"MaxMetadata={MaxMetadata}", $"JpegOnlyJobs={JpegOnly}*,archive")
{
    public const int MaxMedia = 4;
    public const long MaxBytes = 5_000_000;
    public const int MaxOpen = 2;
    public const int MaxMetadata = 300;

    /// <summary>Jobs whose keys begin with it take only JPEGs with metadata.</summary>
    public const string JpegOnly = "photos-";
}

[CollectionDefinition(Name)]
public sealed class LimitsCollection : ICollectionFixture<LimitsServer>
{
    public const string Name = "limits";
}
