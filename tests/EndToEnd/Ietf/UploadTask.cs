using System.Net.Sockets;
using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Ietf;

/// <summary>
/// Sends a file as an iPhone's URLSession does: an ordinary upload with this protocol's headers. If
/// it has heard where the upload is and the connection breaks, it asks how far the upload is and
/// sends the rest; if it has not, it begins again.
/// </summary>
internal sealed class UploadTask(string authority, Form form, string job, byte[] file)
{
    /// <summary>What it sends.</summary>
    public byte[] File => file;

    /// <summary>Where the upload is, once a 104 said so.</summary>
    public string? Url { get; private set; }

    /// <summary>How often it went on where it had been cut.</summary>
    public int Resumed { get; private set; }

    /// <summary>Sends until the server says that it has all of it.</summary>
    /// <returns>The answer that says so.</returns>
    public async Task<ResponseHead> Run()
    {
        ResponseHead? last = null;
        await Eventually.True("the file is there", async () => (last = await TryOnce()) is not null);
        return last!;
    }

    /// <summary>
    /// Sends the head, waits until a 104 has said where the upload is,
    /// and sends a part of the file.
    /// </summary>
    /// <returns>The line, which stays open.</returns>
    public async Task<RawConnection> Begin(int bytes)
    {
        var line = await RawConnection.Open(authority);
        await line.Send(Head(form.Create(job, [], isLast: true), file.Length));
        Heard(await line.ReadResponse());
        await line.Send(file.AsMemory(0, bytes));
        return line;
    }

    /// <summary>
    /// The answer that says that the file is there; null if the connection was cut,
    /// or the client is to try again.
    /// </summary>
    private async Task<ResponseHead?> TryOnce()
    {
        try
        {
            return Url is null ? Final(await Exchange(form.Create(job, file, isLast: true))) : await GoOn(Url);
        }
        catch (SocketException)
        {
            return null;
        }
    }

    private async Task<ResponseHead?> GoOn(string url)
    {
        var where = await Exchange(form.Head(url, 0, false, null));
        if (Final(where) is null)
            return null;
        if (where[form.Complete(true).Name] == form.Complete(true).Value)
            return where;
        var offset = int.Parse(where["Upload-Offset"]!);
        Resumed++;
        return Final(await Exchange(form.Append(url, offset, file[offset..], isLast: true)));
    }

    private async Task<ResponseHead> Exchange(HttpTest request)
    {
        using var line = await RawConnection.Open(authority);
        await line.Send(Head(request, request.Body?.Length));
        var answer = Answer(line);
        await line.TrySend(request.Body ?? []);
        return await answer;
    }

    /// <summary>What the server says at last. Where the upload is, it may say before.</summary>
    private async Task<ResponseHead> Answer(RawConnection line)
    {
        while (await line.ReadResponse() is var head)
        {
            if (head.Status is 0 or >= 200)
                return head;
            Heard(head);
        }
        throw new InvalidOperationException();
    }

    private void Heard(ResponseHead interim)
    {
        Assert.Equal((104, form.Version), (interim.Status, interim["Upload-Draft-Interop-Version"]));
        Assert.True(Url is null || interim["Location"] is null, "A second place for the same upload.");
        Url ??= interim["Location"];
    }

    /// <summary>Success, or null if the line broke or the server says to come again.</summary>
    private static ResponseHead? Final(ResponseHead answer)
    {
        Assert.Contains(answer.Status, new[] { 0, 201, 204, 409, 423, 503 });
        return answer.Status is 201 or 204 ? answer : null;
    }

    private static string Head(HttpTest request, int? length) => RawConnection.Head(request.Method, request.Path,
        [
            .. request.Headers.Select(header => (header.Key, (object)header.Value)),
            .. length is { } bytes ? new (string, object)[] { ("Content-Length", bytes) } : []
        ]);
}
