namespace OrleansIngest.Gateway.Problems;

/// <summary>
/// The connection to the client broke during a request, so the server sends no response.
/// </summary>
internal sealed class ConnectionCutException() : Exception("The connection broke.");
