namespace OrleansIngest.Storage;

/// <summary>
/// Secret texts of a deployment that are created once and then only read, such as keys. All nodes
/// of a deployment read the same ones.
/// </summary>
public interface IKeyStore
{
    /// <summary>
    /// Reads a text, or creates it durably if it does not exist. If several nodes create it at the
    /// same time, all of them get the same one.
    /// </summary>
    /// <param name="name">The name, such as <c>receipt-key.pem</c>.</param>
    /// <param name="create">Returns a new text.</param>
    /// <exception cref="StorageException">The text cannot be read or created.</exception>
    string ReadOrCreate(string name, Func<string> create);

    /// <summary>Says where an operator finds a text.</summary>
    string Where(string name);
}
