using System.Globalization;
using System.Runtime.CompilerServices;
using Amazon.S3;
using Amazon.S3.Model;

namespace OrleansIngest.Storage.S3.Buckets;

// Multipart uploads: an object that is sent in parts, and exists when they are put together.
internal sealed partial class Bucket
{
    /// <summary>How often an abort is repeated while parts that were on their way arrive.</summary>
    private const int MaxAborts = 10;

    /// <summary>Starts a multipart upload.</summary>
    /// <returns>The server's name for it.</returns>
    public async Task<string> StartUpload(string key, CancellationToken cancellation = default)
    {
        var request = new InitiateMultipartUploadRequest { BucketName = Name, Key = key };
        switch (Encryption.Kind)
        {
            case S3EncryptionKind.S3:
                request.ServerSideEncryptionMethod = ServerSideEncryptionMethod.AES256;
                break;
            case S3EncryptionKind.Kms:
                request.ServerSideEncryptionMethod = ServerSideEncryptionMethod.AWSKMS;
                request.ServerSideEncryptionKeyManagementServiceKeyId = Encryption.KeyId;
                break;
            case S3EncryptionKind.Customer:
                request.ServerSideEncryptionCustomerMethod = ServerSideEncryptionCustomerMethod.AES256;
                request.ServerSideEncryptionCustomerProvidedKey = Encryption.CustomerKey;
                break;
        }
        var started = await _attempts.Run(
            "start a multipart upload", 0,
            stop => connection.Client.InitiateMultipartUploadAsync(request, stop), cancellation);
        return started.UploadId;
    }

    /// <summary>Sends a part.</summary>
    /// <returns>Its entity tag.</returns>
    /// <exception cref="NoSuchUploadException">The multipart upload does not exist.</exception>
    public Task<string> PutPart(
        MultipartName upload, int number, Body body, CancellationToken cancellation = default) => _attempts.Run(
        "put a part", body.Length,
        stop => Send(PartUrl(upload, number), Encryption.ForBytes(), body, stop), cancellation);

    /// <summary>Has the server copy a range of an object as a part.</summary>
    /// <returns>Its entity tag.</returns>
    /// <exception cref="NoSuchUploadException">The multipart upload does not exist.</exception>
    public async Task<string> CopyPart(
        MultipartName upload, int number, ObjectRange from, CancellationToken cancellation = default)
    {
        var request = new CopyPartRequest
        {
            SourceBucket = Name,
            SourceKey = from.Key,
            FirstByte = from.Offset,
            LastByte = from.Offset + from.Length - 1,
            DestinationBucket = Name,
            DestinationKey = upload.Key,
            UploadId = upload.Id,
            PartNumber = number,
        };
        if (Encryption.Kind == S3EncryptionKind.Customer)
        {
            var method = ServerSideEncryptionCustomerMethod.AES256;
            (request.ServerSideEncryptionCustomerMethod, request.CopySourceServerSideEncryptionCustomerMethod) =
                (method, method);
            (request.ServerSideEncryptionCustomerProvidedKey,
                request.CopySourceServerSideEncryptionCustomerProvidedKey) =
                (Encryption.CustomerKey, Encryption.CustomerKey);
        }
        var copied = await _attempts.Run(
            "copy a part", from.Length, stop => connection.Client.CopyPartAsync(request, stop), cancellation);
        return copied.ETag.Trim('"');
    }

    /// <summary>Puts parts together to the object.</summary>
    /// <exception cref="NoSuchUploadException">
    /// The multipart upload does not exist: it was put together or aborted before.
    /// </exception>
    /// <exception cref="InvalidPartException">
    /// The server has other parts. AWS ignores those that are not named here; Ceph does not.
    /// </exception>
    public Task Complete(
        MultipartName upload, IEnumerable<SentPart> parts, long length, CancellationToken cancellation = default)
    {
        var request = new CompleteMultipartUploadRequest
        {
            BucketName = Name,
            Key = upload.Key,
            UploadId = upload.Id,
            PartETags = [.. parts.Select(part => new PartETag(part.Number, part.Tag))],
        };
        // A large object may take the server minutes; the length stands for that.
        return _attempts.Run(
            "complete a multipart upload", length >> 4,
            stop => connection.Client.CompleteMultipartUploadAsync(request, stop), cancellation);
    }

    /// <summary>
    /// Aborts a multipart upload. A part that is on its way while the upload is aborted may stay,
    /// so this is repeated until none is left.
    /// </summary>
    public async Task Abort(MultipartName upload, CancellationToken cancellation = default)
    {
        try
        {
            for (var i = 0; i < MaxAborts; i++)
            {
                await _attempts.Run(
                    "abort a multipart upload", 0,
                    stop => connection.Client.AbortMultipartUploadAsync(Name, upload.Key, upload.Id, stop),
                    cancellation);
                if (await SizeOf(upload, cancellation) == 0)
                    return;
            }
        }
        catch (Exception e) when (e is NoSuchUploadException or FileNotFoundException)
        {
            // Nothing of it is left.
        }
    }

    /// <summary>The bytes in the parts of a multipart upload; 0 if it does not exist.</summary>
    public async Task<long> SizeOf(MultipartName upload, CancellationToken cancellation = default)
    {
        try
        {
            long size = 0;
            await foreach (var part in ListParts(upload, cancellation))
                size += part.Length;
            return size;
        }
        catch (Exception e) when (e is NoSuchUploadException or FileNotFoundException)
        {
            return 0; // Ceph says the latter of an aborted one
        }
    }

    /// <summary>Lists the parts of a multipart upload, in the order of their numbers.</summary>
    /// <exception cref="IOException">The multipart upload does not exist.</exception>
    public async IAsyncEnumerable<SentPart> ListParts(
        MultipartName upload, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        var request = new ListPartsRequest { BucketName = Name, Key = upload.Key, UploadId = upload.Id };
        ListPartsResponse page;
        do
        {
            page = await _attempts.Run(
                "list parts", 0, stop => connection.Client.ListPartsAsync(request, stop), cancellation);
            foreach (var part in page.Parts ?? [])
                yield return new SentPart(part.PartNumber ?? 0, part.ETag.Trim('"'), part.Size ?? 0);
            request.PartNumberMarker = page.NextPartNumberMarker?.ToString(CultureInfo.InvariantCulture);
        }
        while (page.IsTruncated == true);
    }

    /// <summary>Lists the multipart uploads whose keys begin with a text.</summary>
    public async IAsyncEnumerable<MultipartName> ListUploads(
        string prefix, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        var request = new ListMultipartUploadsRequest { BucketName = Name, Prefix = prefix };
        ListMultipartUploadsResponse page;
        do
        {
            page = await _attempts.Run(
                "list multipart uploads", 0,
                stop => connection.Client.ListMultipartUploadsAsync(request, stop), cancellation);
            foreach (var found in page.MultipartUploads ?? [])
                yield return new MultipartName(found.Key, found.UploadId);
            (request.KeyMarker, request.UploadIdMarker) = (page.NextKeyMarker, page.NextUploadIdMarker);
        }
        while (page.IsTruncated == true);
    }

    private GetPreSignedUrlRequest PartUrl(MultipartName upload, int number)
    {
        var url = UrlOf(upload.Key);
        (url.UploadId, url.PartNumber) = (upload.Id, number);
        return url;
    }
}

/// <summary>A multipart upload.</summary>
/// <param name="Key">The key of the object that it makes.</param>
/// <param name="Id">The server's name for it.</param>
internal sealed record MultipartName(string Key, string Id);

/// <summary>A part that the server has.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Tag">Its entity tag.</param>
/// <param name="Length">The number of bytes.</param>
internal sealed record SentPart(int Number, string Tag, long Length);
