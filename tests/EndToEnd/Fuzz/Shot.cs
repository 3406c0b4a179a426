using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Fuzz;

/// <summary>What the client does when it has sent everything.</summary>
internal enum Ending
{
    /// <summary>It waits for an answer, and then has nothing more to say.</summary>
    Wait,

    /// <summary>It has nothing more to say (FIN).</summary>
    Finish,

    /// <summary>It vanishes (RST).</summary>
    Reset,
}

/// <summary>A connection of somebody who means no good, or has a bad line.</summary>
/// <param name="Bytes">What is sent.</param>
/// <param name="ToGrpc">To the port for gRPC.</param>
/// <param name="Cuts">Where what is sent is cut into pieces.</param>
/// <param name="Ending">How it ends.</param>
internal sealed record Shot(byte[] Bytes, bool ToGrpc, int[] Cuts, Ending Ending)
{
    private const int Shown = 4000;
    private const int Unread = 128 * 1024;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(90);

    /// <summary>Ends whatever was begun, and is a request.</summary>
    private static readonly byte[] s_whole = [.. "\r\n\r\nGET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"u8];

    /// <summary>One of all that can be done to a target.</summary>
    public static Shot At(FuzzTarget target, Random random) => random.Next(20) switch
    {
        < 2 => Patient(random, Http2Requests.Any(random, target), toGrpc: true),
        2 => Hasty(random, Mutations.Scramble(random, Http2Requests.Any(random, target)), toGrpc: true),
        3 => Hasty(random, Http2Requests.Any(random, target), toGrpc: false),
        4 => Hasty(random, Mutated(random, target), toGrpc: true),
        5 => Hasty(random, Mutated(random, target), toGrpc: false),
        6 =>
            Patient(
                random,
                [.. Mutated(random, target), .. Mutated(random, target), .. Mutated(random, target)],
                toGrpc: false),
        < 11 => Patient(random, [.. Mutations.Scramble(random, Mutated(random, target)), .. s_whole], toGrpc: false),
        _ => Patient(random, Mutated(random, target), toGrpc: false),
    };

    /// <summary>
    /// Sends it. Fails if the server does not answer, does not close the connection, or says
    /// that the mistake is its own.
    /// </summary>
    public async Task Fire(IngestServer server)
    {
        var answer = await Eventually.Comes("answer and end", Exchange(server), s_patience);
        Assert.DoesNotContain(Answers.Statuses(answer), Answers.IsServersFault);
        Assert.DoesNotContain("   at ", answer);
    }

    /// <summary>As <c>printf '%b'</c> takes it; the end of a long one is left out.</summary>
    public override string ToString() =>
        $"{Bytes.Length} bytes to {(ToGrpc ? "gRPC" : "HTTP")}, cut at [{string.Join(", ", Cuts)}], then {Ending}: "
            + string.Concat(Bytes.Take(Shown).Select(Escaped));

    /// <summary>Whoever waits must have sent something that the server can answer.</summary>
    private static Shot Patient(Random random, byte[] bytes, bool toGrpc) =>
        new(bytes, toGrpc, AnyCuts(random, bytes), Ending.Wait);

    private static Shot Hasty(Random random, byte[] bytes, bool toGrpc) =>
        new(bytes, toGrpc, AnyCuts(random, bytes), random.Next(2) == 0 ? Ending.Finish : Ending.Reset);

    /// <summary>Anywhere, or, now and then, after each byte of a head.</summary>
    private static int[] AnyCuts(Random random, byte[] bytes) => random.Next(20) == 0
        ? [.. Enumerable.Range(1, Math.Min(bytes.Length, 300))]
        : [.. Enumerable.Range(0, random.Next(4)).Select(_ => random.Next(bytes.Length + 1)).Order()];

    private static byte[] Mutated(Random random, FuzzTarget target)
    {
        var request = ValidRequests.Any(random, target);
        for (var left = random.Next(4); left > 0; left--)
            Mutations.Apply(random, request);
        return request.ToBytes();
    }

    private async Task<string> Exchange(IngestServer server)
    {
        using var line = await RawConnection.Open(server, ToGrpc);
        await Send(line);
        if (Ending == Ending.Reset)
        {
            line.Abort();
            return "";
        }
        var first = Ending == Ending.Wait ? await line.ReadUntil(Answers.HasOne) : "";
        if (Bytes.Length > Unread)
            return first; // behind so much that it does not read, the server cannot hear that this is all
        line.Finish();
        return first + await line.ReadUntil(_ => false);
    }

    private async Task Send(RawConnection line)
    {
        try
        {
            foreach (var (from, to) in Cuts.Prepend(0).Zip(Cuts.Append(Bytes.Length)))
                await line.Send(Bytes.AsMemory(from..to));
        }
        catch (System.Net.Sockets.SocketException)
        {
            // The server has heard enough and closed.
        }
    }

    private static string Escaped(byte b) => b switch
    {
        (byte)'\r' => "\\r",
        (byte)'\n' => "\\n",
        (byte)'\\' => "\\\\",
        >= 32 and < 127 => ((char)b).ToString(),
        _ => $"\\x{b:x2}",
    };
}
