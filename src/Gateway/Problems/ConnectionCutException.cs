namespace OrleansIngest.Gateway.Problems;

/// <summary>The client's connection broke, so no answer is written.</summary>
internal sealed class ConnectionCutException() : Exception("The connection broke.");
