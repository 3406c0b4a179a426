using System.IO.Pipelines;
using OrleansIngest.Gateway.Protocols.Digests;
using OrleansIngest.Gateway.Problems;
using OrleansIngest.Gateway.Uploads.Bodies;
using OrleansIngest.Gateway.Uploads.Parts;
using OrleansIngest.Gateway.Uploads.Places;
using OrleansIngest.Gateway.Uploads.Sessions;
using OrleansIngest.Grains.Jobs;

namespace OrleansIngest.Gateway.Uploads;

/// <summary>Uploads whose body comes whole with their creation: nothing is started before it is all here.</summary>
internal sealed class WholeUploads(
    PlaceClaims claims, UploadBodies bodies, UploadCompletion completion, Concatenations concatenations, TimeProvider time)
{
    /// <summary>Receives a body, and stores it as a media.</summary>
    /// <param name="job">The job's key.</param>
    /// <param name="command">What is wanted.</param>
    /// <param name="body">The bytes.</param>
    /// <param name="digest">What they hash to, if the client says it.</param>
    /// <param name="mayBeEmpty">Whether no bytes are a file: a resumable upload says that it is that long.</param>
    /// <exception cref="ProblemException">It is not whole, not what it should be, or its id is taken.</exception>
    /// <exception cref="ConnectionCutException">The client is gone.</exception>
    /// <exception cref="IOException">The store fails.</exception>
    public async Task<UploadStatus> Create(
        string job, CreateUpload command, PipeReader body, BodyDigest? digest, bool mayBeEmpty = true)
    {
        await concatenations.MustNotBePart(job, command.Media);
        using var claim = claims.New(command.Length);
        command = command with { Incoming = claim.Incoming };
        var session = new UploadSession(command.ToRow(job), 0, time);
        using var hold = (await session.Take(TimeSpan.Zero, CancellationToken.None))!;
        try
        {
            await bodies.ReceiveWhole(hold, body, digest);
            if (session.Offset == 0 && !mayBeEmpty)
                throw Refusals.NoBytes();
            if (command.Length is null)
                command = command with { Length = session.Offset };
            var media = await completion.Store(session, command, claim);
            return UploadStatus.Complete(job, media, command.RawMetadata, hasJustCome: true);
        }
        finally
        {
            session.Close();
        }
    }
}
