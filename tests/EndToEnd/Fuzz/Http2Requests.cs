using System.Buffers.Binary;
using System.Text;

namespace OrleansIngest.EndToEnd.Fuzz;

/// <summary>
/// Connections of cleartext HTTP/2 (RFC 9113), written by hand: right ones, which are
/// then scrambled, and wrong ones.
/// </summary>
internal static class Http2Requests
{
    private const byte Data =
        0, HeadersFrame = 1, Priority = 2, ResetStream = 3, Settings = 4,
        PushPromise = 5, Ping = 6, GoAway = 7, WindowUpdate = 8, Continuation = 9;
    private const int LastStream = 1001;
    private const byte EndStream = 1, EndHeaders = 4;

    private static readonly byte[] s_preface = [.. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, .. Frame(Settings, 0, 0, [])];

    private static readonly Func<Random, FuzzTarget, byte[]>[] s_frames = [Call, Call, Get, Anything, Flood, Unending];

    /// <summary>
    /// A connection whose last request is a gRPC call, so that there is always something to answer.
    /// </summary>
    public static byte[] Any(Random random, FuzzTarget target)
    {
        var frames = Enumerable.Range(0, random.Next(8)).SelectMany(_ => Odd.One(random, s_frames)(random, target));
        return [.. s_preface, .. frames, .. Call(random, target, LastStream)];
    }

    /// <summary>A call of gRPC; its message may be nonsense.</summary>
    private static byte[] Call(Random random, FuzzTarget target) => Call(random, target, Stream(random));

    private static byte[] Call(Random random, FuzzTarget target, int stream)
    {
        var message = random.Next(2) == 0
            ? [10, (byte)target.Job.Length, .. Encoding.ASCII.GetBytes(target.Job)]
            : Noise(random, 60);
        byte[] prefixed = [(byte)random.Next(2), 0, 0, 0, (byte)message.Length, .. message];
        string[] methods =
        [
            "Jobs/GetJob", "Jobs/ListMedia", "Jobs/FindDuplicates", "Jobs/DeleteMedia", "Jobs/GetReceipt",
            "Devices/ReportQueue", "ActivityFeed/Watch", "ActivityFeed/WatchMany", "No/Such"
        ];
        var head = Block(
            (":method", "POST"), (":scheme", "http"),
            (":path", $"/ingest.v1.{Odd.One(random, methods)}"), (":authority", "127.0.0.1"),
            ("content-type", "application/grpc"), ("te", "trailers"), ("grpc-timeout", "5S"));
        return [.. Frame(HeadersFrame, EndHeaders, stream, head), .. Frame(Data, EndStream, stream, prefixed)];
    }

    private static byte[] Get(Random random, FuzzTarget target)
    {
        var path = random.Next(2) == 0 ? $"/jobs/{target.Job}/media/{target.Stored}" : Odd.One(random, Odd.PathParts);
        var head = Block(
            (":method", "GET"), (":scheme", "http"), (":path", path), (":authority", "127.0.0.1"),
            ("x", Odd.One(random, Odd.Values)));
        return Frame(HeadersFrame, EndHeaders | EndStream, Stream(random), head);
    }

    private static byte[] Anything(Random random, FuzzTarget target) =>
        Frame((byte)random.Next(12), (byte)random.Next(256), random.Next(-1, 8), Noise(random, 64));

    private static byte[] Flood(Random random, FuzzTarget target)
    {
        byte[] types = [Ping, Settings, WindowUpdate, ResetStream, Priority, PushPromise, GoAway];
        var type = Odd.One(random, types);
        var length = type switch { Ping or GoAway => 8, Priority => 5, Settings => 0, _ => 4 };
        return
        [
            .. Enumerable.Range(0, 50).SelectMany(_ =>
                Frame(type, 0, type is Ping or Settings or GoAway ? 0 : Stream(random), new byte[length]))
        ];
    }

    /// <summary>A block of headers that goes on and on.</summary>
    private static byte[] Unending(Random random, FuzzTarget target)
    {
        var stream = Stream(random);
        var more = Enumerable.Range(0, 30)
            .SelectMany(number => Frame(Continuation, 0, stream, Block(($"x-{number}", new string('x', 100)))));
        return [.. Frame(HeadersFrame, 0, stream, Block((":method", "GET"))), .. more];
    }

    private static int Stream(Random random) => (2 * random.Next(6)) + 1;

    private static byte[] Noise(Random random, int most)
    {
        var noise = new byte[random.Next(most)];
        random.NextBytes(noise);
        return noise;
    }

    private static byte[] Frame(byte type, byte flags, int stream, byte[] payload)
    {
        var frame = new byte[9 + payload.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, payload.Length << 8);
        (frame[3], frame[4]) = (type, flags);
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), stream);
        payload.CopyTo(frame, 9);
        return frame;
    }

    /// <summary>
    /// HPACK (RFC 7541, 6.2.2): literals that enter no table, with names and values as they are.
    /// </summary>
    private static byte[] Block(params (string Name, string Value)[] headers) =>
        [.. headers.SelectMany(h => new byte[] { 0 }.Concat(Text(h.Name)).Concat(Text(h.Value)))];

    private static byte[] Text(string text) => [.. Length(text.Length), .. Encoding.Latin1.GetBytes(text)];

    /// <summary>An integer with a prefix of 7 bits.</summary>
    private static IEnumerable<byte> Length(int length)
    {
        if (length < 127)
        {
            yield return (byte)length;
            yield break;
        }
        yield return 127;
        for (length -= 127; length >= 128; length >>= 7)
            yield return (byte)(length | 128);
        yield return (byte)length;
    }
}
