namespace OrleansIngest.Storage.S3.Buckets;

/// <summary>The settings of a media store in S3.</summary>
public sealed record S3Options
{
    /// <summary>
    /// The address of the server, such as <c>https://s3.example.org</c>; null for AWS in
    /// <see cref="Region"/>.
    /// </summary>
    public Uri? Endpoint { get; init; }

    /// <summary>The region that requests are signed for.</summary>
    public string Region { get; init; } = "us-east-1";

    /// <summary>The bucket. It must exist.</summary>
    public required string Bucket { get; init; }

    /// <summary>
    /// What all keys begin with, such as <c>ingest/</c>. Two stores in one bucket need different
    /// ones.
    /// </summary>
    public string Prefix { get; init; } = "";

    /// <summary>
    /// The access key; null to find credentials as AWS' tools do: environment, profile, role.
    /// </summary>
    public string? AccessKey { get; init; }

    /// <summary>The secret key that belongs to <see cref="AccessKey"/>.</summary>
    public string? SecretKey { get; init; }

    /// <summary>
    /// Whether the bucket is part of the path (<c>host/bucket/key</c>), which most servers but
    /// AWS need, or of the host's name (<c>bucket.host/key</c>).
    /// </summary>
    public bool ForcePathStyle { get; init; } = true;

    /// <summary>How the server encrypts what it stores.</summary>
    public S3Encryption Encryption { get; init; } = S3Encryption.None;

    /// <summary>
    /// The largest number of bytes that wait in memory to be sent, of all uploads together. If
    /// there are more, uploads wait.
    /// </summary>
    public long MemoryBudget { get; init; } = 256 << 20;

    /// <summary>
    /// The largest number of connections to the server, besides those that read objects.
    /// </summary>
    public int MaxConnections { get; init; } = 128;

    /// <summary>
    /// How long one request may take. Requests that move bytes get a second more for each MiB.
    /// </summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// For how long a call is tried again while the server fails or says SlowDown.
    /// </summary>
    public TimeSpan RetryTime { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>
    /// After this many calls in a row that were tried in vain, calls fail at once for
    /// <see cref="CircuitPause"/>. Then one call tries whether the server is back.
    /// </summary>
    public int CircuitFailures { get; init; } = 3;

    /// <inheritdoc cref="CircuitFailures"/>
    public TimeSpan CircuitPause { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Whether the server honours <c>If-None-Match: *</c> when an object is put. Without it a node
    /// that was frozen and comes back could replace an object with the bytes that it had. False
    /// only for a server that refuses such requests, with one node.
    /// </summary>
    public bool ConditionalPut { get; init; } = true;

    /// <summary>
    /// Whether the MD5 of what is sent is compared with the entity tag that the server gives.
    /// Null to do so where nothing else protects the bytes on their way: over plain HTTP, not over
    /// TLS. Never with KMS or a key of the customer, because tags are no MD5 then.
    /// </summary>
    public bool? CheckTags { get; init; }

    /// <summary>Says where the store is. No secret is in it.</summary>
    public override string ToString() => $"{Endpoint?.ToString() ?? "AWS"} {Region} {Bucket}/{Prefix}";

    /// <summary>Whether requests go over TLS.</summary>
    internal bool IsSecure => Endpoint is null || Endpoint.Scheme == Uri.UriSchemeHttps;

    /// <summary>Whether the tag of a part or small object is its MD5, and is compared.</summary>
    internal bool ComparesTags =>
        (CheckTags ?? !IsSecure) && HasPlainTags;

    /// <summary>Whether tags are made of the bytes as they were sent.</summary>
    internal bool HasPlainTags => Encryption.Kind is S3EncryptionKind.None or S3EncryptionKind.S3;
}
