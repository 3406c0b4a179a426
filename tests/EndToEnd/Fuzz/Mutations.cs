using System.Text;

namespace OrleansIngest.EndToEnd.Fuzz;

/// <summary>Makes parts of a right request wrong.</summary>
internal static class Mutations
{
    private static readonly Action<Random, RawRequest>[] s_all =
    [
        ChangeMethod, ChangePath, CutPath, ChangeValue, ChangeValue, ChangeValue,
        RemoveHeader, DoubleHeader, AddHeader, AddHeader, AddHeader, AddManyHeaders,
        ChangeBody, ChangeLength, Chunk, ChunkWrongly, Expect,
    ];

    private static readonly Func<Random, byte[], byte[]>[] s_ofBytes = [Flip, Insert, Remove, Repeat, Cut];

    public static void Apply(Random random, RawRequest request) => Odd.One(random, s_all)(random, request);

    /// <summary>Makes bytes wrong without an idea of what they mean.</summary>
    public static byte[] Scramble(Random random, byte[] bytes) =>
        bytes.Length == 0 ? bytes : Odd.One(random, s_ofBytes)(random, bytes);

    private static void ChangeMethod(Random random, RawRequest request) =>
        request.Method = Odd.One(random, Odd.Methods);

    private static void ChangePath(Random random, RawRequest request)
    {
        var parts = request.Path.Split('/');
        parts[random.Next(parts.Length)] = Odd.One(random, Odd.PathParts);
        request.Path = string.Join('/', parts);
    }

    private static void CutPath(Random random, RawRequest request) =>
        request.Path = request.Path[..random.Next(request.Path.Length)];

    private static void ChangeValue(Random random, RawRequest request)
    {
        var at = random.Next(request.Headers.Count);
        request.Headers[at] = (request.Headers[at].Name, Odd.One(random, Odd.Values));
    }

    private static void RemoveHeader(Random random, RawRequest request)
    {
        if (request.Headers.Count > 1)
            request.Headers.RemoveAt(random.Next(request.Headers.Count));
    }

    private static void DoubleHeader(Random random, RawRequest request)
    {
        var (name, value) = Odd.One(random, request.Headers);
        request.Headers.Add((name, random.Next(2) == 0 ? value : Odd.One(random, Odd.Values)));
    }

    private static void AddHeader(Random random, RawRequest request) =>
        request.Headers.Insert(
            random.Next(request.Headers.Count + 1), (Odd.One(random, Odd.Headers), Odd.One(random, Odd.Values)));

    private static void AddManyHeaders(Random random, RawRequest request)
    {
        for (var left = random.Next(200); left > 0; left--)
            request.Headers.Add(($"X-{left}", new string('x', random.Next(300))));
    }

    private static void ChangeBody(Random random, RawRequest request)
    {
        var body = new byte[random.Next(4) == 0 ? random.Next(300_000) : random.Next(200)];
        random.NextBytes(body);
        request.Body = body;
    }

    private static void ChangeLength(Random random, RawRequest request)
    {
        request.Headers.RemoveAll(h => h.Name == "Content-Length");
        var length = random.Next(2) == 0
            ? random.Next(2 * request.Body.Length + 2).ToString()
            : Odd.One(random, Odd.Values);
        request.Headers.Add(("Content-Length", length));
    }

    /// <summary>Right, but seldom sent.</summary>
    private static void Chunk(Random random, RawRequest request)
    {
        BecomeChunked(request);
        request.Framing = body => [.. Encoding.Latin1.GetBytes($"{body.Length:x}\r\n"), .. body, .. "\r\n0\r\n\r\n"u8];
    }

    private static void ChunkWrongly(Random random, RawRequest request)
    {
        BecomeChunked(request);
        var chunks = Encoding.Latin1.GetBytes(Odd.One(random, Odd.Chunks));
        request.Framing = _ => chunks;
    }

    private static void BecomeChunked(RawRequest request)
    {
        request.Headers.RemoveAll(h => h.Name == "Content-Length");
        request.Headers.Add(("Transfer-Encoding", "chunked"));
    }

    private static void Expect(Random random, RawRequest request) => request.Headers.Add(("Expect", "100-continue"));

    private static byte[] Flip(Random random, byte[] bytes)
    {
        var copy = bytes.ToArray();
        for (var left = random.Next(1, 8); left > 0; left--)
            copy[random.Next(copy.Length)] = (byte)random.Next(256);
        return copy;
    }

    private static byte[] Insert(Random random, byte[] bytes)
    {
        var (at, noise) = (random.Next(bytes.Length), new byte[random.Next(1, 40)]);
        random.NextBytes(noise);
        return [.. bytes[..at], .. noise, .. bytes[at..]];
    }

    private static byte[] Remove(Random random, byte[] bytes)
    {
        var (from, to) = Part(random, bytes);
        return [.. bytes[..from], .. bytes[to..]];
    }

    private static byte[] Repeat(Random random, byte[] bytes)
    {
        var (from, to) = Part(random, bytes);
        return [.. bytes[..to], .. bytes[from..]];
    }

    private static byte[] Cut(Random random, byte[] bytes) => bytes[..random.Next(bytes.Length)];

    private static (int From, int To) Part(Random random, byte[] bytes)
    {
        var from = random.Next(bytes.Length);
        return (from, Math.Min(bytes.Length, from + random.Next(1, 100)));
    }
}
