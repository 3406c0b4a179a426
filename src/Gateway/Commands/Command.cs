using OrleansIngest.Grains;

namespace OrleansIngest.Gateway.Commands;

/// <summary>A command: what the program does instead of serving.</summary>
/// <param name="Name">The name, which is the program's first argument.</param>
/// <param name="Summary">What the command does, in one line.</param>
/// <param name="Help">What <c>--help</c> prints for the command besides its arguments.</param>
/// <param name="Arguments">The arguments of the command besides the configuration.</param>
internal sealed record Command(
    string Name, string Summary, string Help, params IReadOnlyList<CommandArgument> Arguments)
{
    /// <summary>All commands.</summary>
    public static IReadOnlyList<Command> All { get; } =
    [
        new("check", "says whether the databases are whole", """
            Checks every page, event and table of ingest.db, and the pages of grains.db. Changes nothing.
            It reads no media: that is scrub.
            Exit code: 0 whole, 1 damaged, 2 it could not be done.
            """)
        {
            IsForFolder = true,
        },
        new("scrub", "reads all stored bytes again and compares them with their SHA-256", """
            Media whose bytes changed or are gone become errors, and media whose bytes are right again are repaired.
            Exit code: 0 all bytes are right, 1 some are not, 2 it could not be done.
            """,
            new CommandArgument("job", "KEY", "only the media of this job", text => Key.IsValid(text))),
        new("sweep", "ends expired uploads, and frees bytes that no upload and no media names", """
            The server does this by itself every Ingest:SweepInterval.
            Exit code: 0 done, 1 something could not be freed (the server's log says why), 2 it could not be done.
            """,
            new CommandArgument(
                "grace", "TIME",
                "how long ago a sweep must have found the bytes, such as 01:00:00, instead of the configured times",
                IsTime)),
        new("backup", "copies everything into another folder, while the server runs", """
            The first backup copies all; later ones into the same folder copy what is new.
            docs/backup.md tells how to restore it.
            Exit code: 0 done, 1 done but some bytes are damaged (they are named, and are not in the backup),
            2 it could not be done (an earlier backup in the folder is as it was).
            """,
            new CommandArgument(
                "to", "FOLDER", "the folder of the backup: a new one, or one that a backup of this data is in", IsNamed)
            {
                IsRequired = true,
                IsPath = true,
            })
        {
            IsForFolder = true,
        },
        new("salvage", "makes a new data folder of what is left of a damaged one", """
            The server must be stopped. docs/salvage.md tells when and how.
            Exit code: 0 the new folder is whole, 1 it is not, 2 it could not be done.
            """,
            new CommandArgument("into", "FOLDER", "a new folder, on the same volume if that is possible", IsNamed)
            {
                IsRequired = true,
                IsPath = true,
            })
        {
            IsForFolder = true,
            IsOffline = true,
        },
    ];

    /// <summary>
    /// Whether the command is about the data in a data folder, and not for a cluster.
    /// </summary>
    public bool IsForFolder { get; private init; }

    /// <summary>Whether the command needs a data folder that no server uses.</summary>
    public bool IsOffline { get; private init; }

    /// <summary>Finds a command by its name; null if there is none.</summary>
    public static Command? Find(string name) => All.FirstOrDefault(command => command.Name == name);

    private static bool IsNamed(string path) => path.Length > 0;

    private static bool IsTime(string text) => TimeSpan.TryParse(text, out var time) && time >= TimeSpan.Zero;
}

/// <summary>An argument of a command: <c>--name VALUE</c> or <c>--name=VALUE</c>.</summary>
/// <param name="Name">The name without the dashes.</param>
/// <param name="Value">The placeholder of the value in the usage.</param>
/// <param name="Meaning">What the argument does.</param>
/// <param name="IsValid">Whether a value is valid.</param>
internal sealed record CommandArgument(string Name, string Value, string Meaning, Func<string, bool> IsValid)
{
    /// <summary>Whether the command requires the argument.</summary>
    public bool IsRequired { get; init; }

    /// <summary>
    /// Whether the value is a path. A relative path is made absolute before it is sent: the
    /// server's current folder is another one.
    /// </summary>
    public bool IsPath { get; init; }
}
