namespace OrleansIngest.EndToEnd.Fuzz;

/// <summary>What nobody should send, a byte a character.</summary>
internal static class Odd
{
    public static readonly string[] Methods =
    [
        "", "get", "PUT", "TRACE", "CONNECT", "PRI", "OPTIONS", "HEAD",
        "DELETE", "PATCH", "POST", "GE T", "P\0ST", "\xff\xfe", new('M', 5_000)
    ];

    public static readonly string[] PathParts =
    [
        "", ".", "..", "%2e%2e", "..%2f..%2f", "%2f", "%5c", "%00", "%", "%zz", "%u0041",
        "%c3%28", "%f0%9f%93%b7", "\xc3\xa9", "\0", " ", "\t", "*", "?", "?after=x", "#x",
        "//", "\\", ";", "a:b", "http://evil.example/", "0192f0c1-7a4e-7cc3-98c4-dc0c0c07398f",
        "{0192f0c1-7a4e-7cc3-98c4-dc0c0c07398f}", new('a', 65), new('p', 9_000), new('%', 300),
    ];

    public static readonly string[] Values =
    [
        "", " ", "0", "-1", "+1", " 1", "1 ", "01", "1e3", "0x10", "1.5", "1,2", "1;q=1",
        "\u00b2", "9223372036854775807", "9223372036854775808", "18446744073709551616",
        "99999999999999999999999999", "-9223372036854775808", "NaN", "null", "true", "\0", "a\0b",
        "\xff\xfe\x80", "\xc3\xa9", "\t", "\"", "\"\"\"", "====", "media", "media ", " ,", ",,",
        "media AAAA", "media !!!!", "filename /w==", "filename AA==,filename AA==", "job Li4=",
        "bytes=-1", "bytes=0-0,1-1,2-2", "bytes=9-1", "*", "1.0.0, 1.0.0", "0.2.2",
        "chunked", "gzip, chunked", "identity", "100-continue", "200-ok", "close, Upgrade",
        "h2c", "?1", "?0", "?2", "?1;x=1", "?1, ?0", "?", "1;a=\"", "(1 2)", "3", "8", "99",
        "::", ":!!:", ":AAAA:", "sha-256=:AAAA:", "sha-256=::", "sha-512=AAAA", "sha-256",
        "md5=:AAAA:", "sha-256=10, sha-512=0", "sha-256=:AAAA:, sha-256=:BBBB:", "sha1 AAAA", "sha1",
        "sha256 !!!!", "crc32 AAAA", "partial", "partial;x", "final", "final;", "final; ", "final;/",
        "final;http://evil.example/a ../../b", "max-size=1", "max-age=-1", "inline; filename=\"a",
        "inline; filename*=UTF-8''%ff", "a; filename*=x''", "filename=..",
        "inline; filename*=UTF-8''%", "inline; filename=\"\\", "bytes 0-1/2", "bytes 9-1/*",
        "application/partial-upload", "application/offset+octet-stream", "multipart/form-data; boundary=x",
        "application/x-www-form-urlencoded", "\u00a0", new('9', 40), new('v', 7_000), new('w', 40_000), new(',', 4_000),
    ];

    public static readonly string[] Headers =
    [
        "Host", "Connection", "Content-Length", "Transfer-Encoding", "Content-Type",
        "Content-Encoding", "Expect", "Upgrade", "TE", "Trailer", "Range", "If-Range", "If-Match",
        "If-None-Match", "If-Modified-Since", "Origin", "Access-Control-Request-Method",
        "Access-Control-Request-Headers", "Last-Event-ID", "X-HTTP-Method-Override", "Cookie",
        "Accept", "Accept-Encoding", "Tus-Resumable", "Upload-Offset", "Upload-Length",
        "Upload-Defer-Length", "Upload-Metadata", "Upload-Checksum", "Upload-Concat",
        "Upload-Complete", "Upload-Incomplete", "Upload-Draft-Interop-Version", "Upload-Limit",
        "Upload-Expires", "Content-Digest", "Repr-Digest", "Want-Repr-Digest", "Want-Content-Digest",
        "Content-Disposition", "Content-Range", "Accept-Patch", "grpc-timeout", "grpc-encoding",
        "grpc-trace-bin", "Forwarded", "X-Forwarded-For", "X", "", "B\xe4d", "With Space", "Colon:",
    ];

    public static readonly string[] Chunks =
    [
        "0\r\n\r\n", "5\r\nabcde\r\n0\r\n\r\n", "5\r\nabcde\r\n", "5;name=\"value\"\r\nabcde\r\n0\r\n\r\n",
        "5\nabcde\n0\n\n", "5\r\nabcdef\r\n0\r\n\r\n", "-1\r\na\r\n", "zz\r\n", "\r\n\r\n",
        "7fffffffffffffff\r\na", "ffffffffffffffffffff\r\na", "00000000000000000000000005\r\nabcde\r\n0\r\n\r\n",
        "0\r\nUpload-Checksum: x\r\n\r\n", "0\r\nbad trailer\r\n\r\n",
        "5\r\nabcde\r\n0\r\nX: \0\r\n\r\n",
        "1\r\na\r\n1\r\nb\r\n1\r\nc\r\n0\r\n\r\n",
        $"1;{new string('e', 20_000)}\r\na\r\n0\r\n\r\n",
    ];

    public static T One<T>(Random random, IReadOnlyList<T> all) => all[random.Next(all.Count)];
}
