namespace OrleansIngest.Gateway.Control;

/// <summary>A command that a running server does. It comes over the control socket.</summary>
internal interface IControlCommand
{
    /// <summary>Its name on the command line.</summary>
    string Name { get; }

    /// <summary>Does it.</summary>
    /// <param name="arguments">What was said to it; each is valid.</param>
    /// <param name="tell">Tells the caller a line.</param>
    /// <param name="cancellation">The caller is gone, or the server stops.</param>
    /// <returns>The exit code: 0 if all is well, 1 if not.</returns>
    Task<int> Run(
        IReadOnlyDictionary<string, string> arguments, Func<string, Task> tell, CancellationToken cancellation);
}
