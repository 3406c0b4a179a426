namespace OrleansIngest.Gateway.Protocols.Ietf.Interim;

/// <summary>
/// Writes a 104 (Upload Resumption Supported) on a connection of one HTTP version.
/// </summary>
internal interface IInterimWriter
{
    /// <summary>Sends a 104.</summary>
    /// <param name="context">
    /// The request. Its response must not have started, and its handler must be the caller.
    /// </param>
    /// <param name="headers">
    /// The headers of the 104. They are not validated, so they must not contain a client's text.
    /// </param>
    /// <exception cref="Exception">
    /// The 104 could not be written. The connection is unchanged, or broken already.
    /// </exception>
    ValueTask Write(HttpContext context, IReadOnlyList<KeyValuePair<string, string>> headers);
}
