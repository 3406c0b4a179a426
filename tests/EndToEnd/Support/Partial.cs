namespace OrleansIngest.EndToEnd.Support;

/// <summary>A partial upload.</summary>
/// <param name="Job">Of which job.</param>
/// <param name="Id">The id that the server gave it.</param>
internal sealed record Partial(string Job, Guid Id)
{
    /// <summary>Where it is, as <c>Location</c> says it.</summary>
    public string Url => Upload.Url(Job, Id);

    /// <summary>Starts one.</summary>
    public static async Task<Partial> Create(IngestServer server, string job, long? length, params (string Key, string Value)[] metadata)
    {
        var created = await Upload.CreatePartial(job, length, metadata).Run(server);
        return new Partial(job, Guid.Parse(created["Location"]!.Split('/')[^1]));
    }

    /// <summary>One of which all bytes are there.</summary>
    public static async Task<Partial> Of(IngestServer server, string job, byte[] bytes, params (string Key, string Value)[] metadata)
    {
        var partial = await Create(server, job, bytes.Length, metadata);
        await partial.Patch(0, bytes).Run(server);
        return partial;
    }

    /// <summary>A file as so many of them, in order.</summary>
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
