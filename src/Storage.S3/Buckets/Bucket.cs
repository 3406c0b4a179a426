using System.Runtime.CompilerServices;
using Amazon.S3;
using Amazon.S3.Model;

namespace OrleansIngest.Storage.S3.Buckets;

/// <summary>
/// The objects of one bucket. Keys are whole. All methods throw
/// <see cref="Grains.Ports.StoreUnavailableException"/> if the server cannot be reached for a
/// while, and another <see cref="IOException"/> if it refuses.
/// </summary>
internal sealed partial class Bucket(S3Options options, S3Connection connection, TimeProvider time)
    : IObjectSource, IDisposable
{
    private const int CompareLength = 64 << 10;

    private readonly Attempts _attempts = new(options, time);

    /// <summary>How long a server may be silent.</summary>
    public TimeSpan Patience => options.RequestTimeout;

    private S3Encryption Encryption => options.Encryption;

    private string Name => options.Bucket;

    /// <summary>The length of an object; null if there is none.</summary>
    public async Task<StoredObject?> Head(string key, CancellationToken cancellation = default)
    {
        try
        {
            var found = await _attempts.Run(
                "look at an object", 0,
                stop => connection.Client.GetObjectMetadataAsync(HeadOf(key), stop), cancellation);
            return new StoredObject(key, found.ContentLength, found.ETag?.Trim('"') ?? "");
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Opens a range of an object.</summary>
    /// <exception cref="FileNotFoundException">There is no such object.</exception>
    public Task<Stream> Read(ObjectRange range, CancellationToken cancellation) =>
        _attempts.Run("read an object", 0, stop => ((IObjectSource)this).Open(range, stop), cancellation);

    /// <inheritdoc/>
    async Task<Stream> IObjectSource.Open(ObjectRange range, CancellationToken cancellation)
    {
        var request = new GetObjectRequest
        {
            BucketName = Name,
            Key = range.Key,
            ByteRange = new ByteRange(range.Offset, range.Offset + range.Length - 1),
        };
        if (Encryption.Kind == S3EncryptionKind.Customer)
        {
            request.ServerSideEncryptionCustomerMethod = ServerSideEncryptionCustomerMethod.AES256;
            request.ServerSideEncryptionCustomerProvidedKey = Encryption.CustomerKey;
        }
        var response = await connection.Reader.GetObjectAsync(request, cancellation);
        return response.ResponseStream;
    }

    /// <summary>Puts an object.</summary>
    /// <param name="key">The key.</param>
    /// <param name="body">Its bytes.</param>
    /// <param name="onlyIfNew">Whether an object that exists is left alone.</param>
    /// <param name="cancellation">Cancels the call.</param>
    /// <returns>The entity tag; null if the object exists and is left alone.</returns>
    public async Task<string?> Put(string key, Body body, bool onlyIfNew, CancellationToken cancellation = default)
    {
        var headers = Encryption.ForNewObject();
        if (onlyIfNew)
            headers = headers.Append(("If-None-Match", "*"));
        try
        {
            return await _attempts.Run(
                "put an object", body.Length, stop => Send(UrlOf(key), headers, body, stop), cancellation);
        }
        catch (ExistsException)
        {
            return null;
        }
    }

    /// <summary>Whether an object has exactly these bytes.</summary>
    public async Task<bool> Holds(string key, Body body, CancellationToken cancellation = default)
    {
        if (await Head(key, cancellation) is not { } found || found.Length != body.Length)
            return false;
        using var content = new BodyContent(body, this, hashes: false);
        await using var mine = await content.ReadAsStreamAsync(cancellation);
        await using var theirs = found.Length == 0
            ? Stream.Null
            : await Read(new ObjectRange(key, 0, found.Length), cancellation);
        return await AreEqual(mine, theirs, cancellation);
    }

    /// <summary>Deletes an object, if it exists.</summary>
    public Task Delete(string key, CancellationToken cancellation = default) => _attempts.Run(
        "delete an object", 0, stop => connection.Client.DeleteObjectAsync(Name, key, stop), cancellation);

    /// <summary>
    /// Lists the objects whose keys begin with a text, in the order of their keys.
    /// </summary>
    public async IAsyncEnumerable<StoredObject> List(
        string prefix, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        var request = new ListObjectsV2Request { BucketName = Name, Prefix = prefix };
        ListObjectsV2Response page;
        do
        {
            page = await _attempts.Run(
                "list objects", 0, stop => connection.Client.ListObjectsV2Async(request, stop), cancellation);
            foreach (var found in page.S3Objects ?? [])
                yield return new StoredObject(found.Key, found.Size ?? 0, found.ETag?.Trim('"') ?? "");
            request.ContinuationToken = page.NextContinuationToken;
        }
        while (page.IsTruncated == true);
    }

    /// <summary>
    /// Signs a URL with which anybody can read an object until it ends.
    /// </summary>
    public Task<string> ReadUrl(string key, TimeSpan validFor, string contentType, string contentDisposition)
    {
        var url = new GetPreSignedUrlRequest { BucketName = Name, Key = key, Verb = HttpVerb.GET };
        url.ResponseHeaderOverrides.ContentType = contentType;
        url.ResponseHeaderOverrides.ContentDisposition = contentDisposition;
        return connection.Sign(url, validFor);
    }

    /// <inheritdoc/>
    public void Dispose() => connection.Dispose();

    private async Task<string> Send(
        GetPreSignedUrlRequest url, IEnumerable<(string Name, string Value)> headers, Body body,
        CancellationToken cancellation)
    {
        using var content = new BodyContent(body, this, options.ComparesTags);
        return await connection.Send(url, headers, content, cancellation);
    }

    private static async Task<bool> AreEqual(Stream one, Stream other, CancellationToken cancellation)
    {
        var (mine, theirs) = (new byte[CompareLength], new byte[CompareLength]);
        int count;
        do
        {
            count = await one.ReadAtLeastAsync(mine, CompareLength, throwOnEndOfStream: false, cancellation);
            var read = await other.ReadAtLeastAsync(theirs, CompareLength, throwOnEndOfStream: false, cancellation);
            if (!mine.AsSpan(0, count).SequenceEqual(theirs.AsSpan(0, read)))
                return false;
        }
        while (count > 0);
        return true;
    }

    private GetPreSignedUrlRequest UrlOf(string key) => new() { BucketName = Name, Key = key, Verb = HttpVerb.PUT };

    private GetObjectMetadataRequest HeadOf(string key)
    {
        var request = new GetObjectMetadataRequest { BucketName = Name, Key = key };
        if (Encryption.Kind == S3EncryptionKind.Customer)
        {
            request.ServerSideEncryptionCustomerMethod = ServerSideEncryptionCustomerMethod.AES256;
            request.ServerSideEncryptionCustomerProvidedKey = Encryption.CustomerKey;
        }
        return request;
    }
}

/// <summary>An object that the server has.</summary>
/// <param name="Key">The key.</param>
/// <param name="Length">The number of bytes.</param>
/// <param name="Tag">The entity tag, without quotes.</param>
internal sealed record StoredObject(string Key, long Length, string Tag);
