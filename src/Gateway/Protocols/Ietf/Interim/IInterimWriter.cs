namespace OrleansIngest.Gateway.Protocols.Ietf.Interim;

/// <summary>Puts a 104 on a connection of one version of HTTP.</summary>
internal interface IInterimWriter
{
    /// <summary>Sends a 104.</summary>
    /// <param name="context">A request whose answer has not begun, and whose handler calls this.</param>
    /// <param name="headers">What it says: text of our own making only.</param>
    /// <exception cref="Exception">It cannot be sent; the connection is as it was, or broken already.</exception>
    ValueTask Write(HttpContext context, IReadOnlyList<KeyValuePair<string, string>> headers);
}
