namespace OrleansIngest.Gateway.Control;

/// <summary>
/// A command that a running server executes. Requests for it arrive over the control socket.
/// </summary>
internal interface IControlCommand
{
    /// <summary>The name of the command on the command line.</summary>
    string Name { get; }

    /// <summary>Runs the command.</summary>
    /// <param name="arguments">The arguments by name. The client has validated them.</param>
    /// <param name="tell">Sends a line of output to the client.</param>
    /// <param name="cancellation">
    /// Cancelled when the client disconnects or the server stops.
    /// </param>
    /// <returns>The exit code: 0 if everything is in order, 1 if not.</returns>
    Task<int> Run(
        IReadOnlyDictionary<string, string> arguments, Func<string, Task> tell, CancellationToken cancellation);
}
