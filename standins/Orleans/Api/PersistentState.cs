namespace Orleans.Core
{
    /// <summary>A stored record as its grain sees it.</summary>
    public interface IStorage
    {
        /// <summary>The version of the record that was last read or written; null if there was none.</summary>
        string? Etag { get; }

        /// <summary>Whether the record is stored.</summary>
        bool RecordExists { get; }

        /// <summary>Removes what is stored and sets the state to a new one.</summary>
        /// <exception cref="Storage.InconsistentStateException">Somebody else wrote since the last read.</exception>
        Task ClearStateAsync();

        /// <summary>Stores the state.</summary>
        /// <exception cref="Storage.InconsistentStateException">Somebody else wrote since the last read.</exception>
        Task WriteStateAsync();

        /// <summary>Replaces the state by what is stored, or by a new one.</summary>
        Task ReadStateAsync();

        /// <inheritdoc cref="ClearStateAsync()"/>
        Task ClearStateAsync(CancellationToken cancellationToken) => ClearStateAsync();

        /// <inheritdoc cref="WriteStateAsync()"/>
        Task WriteStateAsync(CancellationToken cancellationToken) => WriteStateAsync();

        /// <inheritdoc cref="ReadStateAsync()"/>
        Task ReadStateAsync(CancellationToken cancellationToken) => ReadStateAsync();
    }

    /// <summary>A stored record of a known type.</summary>
    public interface IStorage<TState> : IStorage
    {
        /// <summary>The state in memory.</summary>
        TState State { get; set; }
    }
}

namespace Orleans.Runtime
{
    /// <summary>
    /// State that outlives the activation: a constructor parameter of a grain, marked with
    /// <see cref="PersistentStateAttribute"/>. It is read before the grain's activation code runs.
    /// </summary>
    public interface IPersistentState<TState> : Core.IStorage<TState>;

    /// <summary>Names the record and the storage of an <see cref="IPersistentState{TState}"/>.</summary>
    /// <param name="stateName">Part of the record's key, beside the grain's key: two classes that use one storage need two names.</param>
    /// <param name="storageName">The storage, as it was added to the silo.</param>
    [AttributeUsage(AttributeTargets.Parameter)]
    public sealed class PersistentStateAttribute(string stateName, string? storageName = null) : Attribute
    {
        /// <summary>The record's name.</summary>
        public string StateName { get; } = stateName;

        /// <summary>The storage's name.</summary>
        public string? StorageName { get; } = storageName;
    }
}

namespace Orleans.Storage
{
    /// <summary>
    /// A stored record is not the one that the grain read. If this escapes from a grain's method, the grain is deactivated.
    /// </summary>
    public class InconsistentStateException : Runtime.OrleansException
    {
        internal bool IsSourceActivation { get; set; } = true;

        /// <summary>An error without a description.</summary>
        public InconsistentStateException()
        {
        }

        /// <summary>An error.</summary>
        public InconsistentStateException(string message)
            : base(message)
        {
        }

        /// <summary>An error with its cause.</summary>
        public InconsistentStateException(string message, Exception? innerException)
            : base(message, innerException!)
        {
        }
    }
}
