namespace OrleansIngest.EndToEnd.Support;

/// <summary>A partial upload.</summary>
/// <param name="Job">The key of its job.</param>
/// <param name="Id">The id that the server gave the upload.</param>
internal sealed record Partial(string Job, Guid Id)
{
    /// <summary>The upload's path, as <c>Location</c> gives it.</summary>
    public string Url => Upload.Url(Job, Id);

    /// <summary>Creates a partial upload.</summary>
    public static async Task<Partial> Create(
        IngestServer server, string job, long? length, params (string Key, string Value)[] metadata)
    {
        var created = await Upload.CreatePartial(job, length, metadata).Run(server);
        return new Partial(job, Guid.Parse(created["Location"]!.Split('/')[^1]));
    }

    /// <summary>Creates a partial upload and sends all of its bytes.</summary>
    public static async Task<Partial> Of(
        IngestServer server, string job, byte[] bytes, params (string Key, string Value)[] metadata)
    {
        var partial = await Create(server, job, bytes.Length, metadata);
        await partial.Patch(0, bytes).Run(server);
        return partial;
    }

    /// <summary>Sends a file as so many partial uploads, in order.</summary>
    public static async Task<List<Partial>> Of(IngestServer server, string job, byte[] bytes, int parts)
    {
        var partials = new List<Partial>();
        foreach (var part in bytes.Chunk((bytes.Length + parts - 1) / parts))
            partials.Add(await Of(server, job, part));
        return partials;
    }

    public HttpTest Patch(long offset, byte[] bytes) => Upload.Patch(Job, Id, offset, bytes);

    public HttpTest Head(long offset, long? length)
    {
        var head = Upload.Head(Job, Id, offset, length);
        head.Expected["Upload-Concat"] = "partial";
        return head;
    }

    public override string ToString() => Url;
}
