namespace Grpc.Core;

// Types that ServerCallContext's members name. They have the members that a test's own context needs, and no more.

/// <summary>Who the client is, as the transport knows.</summary>
public sealed class AuthContext
{
    /// <summary>An identity, or none if <paramref name="peerIdentityPropertyName"/> is null.</summary>
    public AuthContext(string? peerIdentityPropertyName, Dictionary<string, List<AuthProperty>> properties)
    {
        ArgumentNullException.ThrowIfNull(properties);
        PeerIdentityPropertyName = peerIdentityPropertyName;
    }

    /// <summary>Whether the client showed a certificate.</summary>
    public bool IsPeerAuthenticated => PeerIdentityPropertyName != null;

    /// <summary>The property that holds the identity.</summary>
    public string? PeerIdentityPropertyName { get; }
}

/// <summary>A property of an <see cref="AuthContext"/>.</summary>
public sealed class AuthProperty
{
    private AuthProperty()
    {
    }
}

/// <summary>Part of <see cref="ServerCallContext"/>'s shape, without a use.</summary>
public abstract class ContextPropagationToken
{
    private protected ContextPropagationToken()
    {
    }
}

/// <summary>Part of <see cref="ServerCallContext"/>'s shape, without a use.</summary>
public sealed class ContextPropagationOptions
{
    private ContextPropagationOptions()
    {
    }
}
