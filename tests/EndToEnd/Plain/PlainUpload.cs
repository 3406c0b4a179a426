using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Plain;

/// <summary>Ordinary requests that bring a file, ready to be changed into wrong ones.</summary>
internal static class PlainUpload
{
    public static HttpTest Post(string job, byte[] file) =>
        new("POST", Upload.Url(job)) { Body = file, Status = 201, Expected = Stored(file) };

    public static HttpTest Put(string job, string name, byte[] file) =>
        Post(job, file) with { Method = "PUT", Path = $"{Upload.Url(job)}/{name}" };

    /// <summary>The id that an answer gives.</summary>
    public static Guid Media(HttpAnswer created) => Guid.Parse(created["Location"]!.Split('/')[^1]);

    private static Dictionary<string, string?> Stored(byte[] file) =>
        new() { ["Upload-Offset"] = file.Length.ToString(), ["Tus-Resumable"] = null };
}
