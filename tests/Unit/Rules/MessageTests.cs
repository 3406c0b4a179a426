using System.Reflection;
using System.Runtime.CompilerServices;
using Orleans.Concurrency;
using OrleansIngest.Grains;
using OrleansIngest.Grains.Devices;
using OrleansIngest.Grains.Jobs;
using OrleansIngest.Grains.Model;

namespace OrleansIngest.Unit.Tests.Rules;

/// <summary>
/// What Orleans' serializer and a rolling upgrade need of every message, so
/// that nobody has to remember it.
/// </summary>
public sealed class MessageTests
{
    private static readonly Type[] s_travels =
    [
        typeof(void), typeof(bool), typeof(int), typeof(uint), typeof(long), typeof(ulong),
        typeof(string), typeof(Guid), typeof(DateTimeOffset), typeof(TimeSpan),
        typeof(Task), typeof(Task<>), typeof(Nullable<>), typeof(IReadOnlyList<>),
    ];

    public static TheoryData<Type> OwnMessages => [.. Messages.Own];

    public static TheoryData<Type> MessagesAndStates => [.. Messages.Own, .. Messages.Kept];

    public static TheoryData<Type> GrainInterfaces => [.. Messages.GrainInterfaces];

    [Fact]
    public void The_rules_below_are_checked_on_what_is_meant()
    {
        Assert.Superset(
            new HashSet<Type>
            {
                typeof(CreateUpload), typeof(Media), typeof(UploadFailure),
                typeof(BlobId), typeof(Sha256Hash), typeof(JobCounts), typeof(QueuedFile)
            },
            Messages.Own.ToHashSet());
        Assert.Superset(
            new HashSet<Type> { typeof(Announcements), typeof(DeviceState), typeof(DeviceQueue) },
            Messages.Kept.ToHashSet());
        Assert.Contains(typeof(IJobGrain), Messages.GrainInterfaces);
    }

    [Theory]
    [MemberData(nameof(MessagesAndStates))]
    public void It_is_sealed_and_serializable_under_a_name_of_its_own(Type type)
    {
        Assert.True(type.IsSealed, $"{type} is not sealed.");
        Assert.NotNull(type.GetCustomAttribute<GenerateSerializerAttribute>());
        Assert.StartsWith("ingest.", type.GetCustomAttribute<AliasAttribute>()?.Alias, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(MessagesAndStates))]
    public void Its_properties_have_different_numbers(Type type)
    {
        var properties = Messages.Properties(type).ToList();
        Assert.NotEmpty(properties);
        Assert.All(properties, p =>
            Assert.True(p.GetCustomAttribute<IdAttribute>() is not null, $"{type}.{p.Name} has no [Id]."));
        Assert.Distinct(properties.Select(p => p.GetCustomAttribute<IdAttribute>()!.Id));
    }

    [Theory]
    [MemberData(nameof(OwnMessages))]
    public void A_message_never_changes(Type type)
    {
        Assert.NotNull(type.GetCustomAttribute<ImmutableAttribute>());
        Assert.All(Messages.Properties(type), p =>
            Assert.Contains(typeof(IsExternalInit), p.SetMethod!.ReturnParameter.GetRequiredCustomModifiers()));
        Assert.All(type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic), f =>
            Assert.True(f.IsInitOnly || f.IsPrivate));
    }

    [Fact]
    public void Messages_are_made_of_what_travels()
    {
        var others = Messages.Parts.Where(t => !Messages.Own.Contains(t) && !t.IsEnum)
            .Select(t => t.IsGenericType ? t.GetGenericTypeDefinition() : t);
        Assert.Empty(others.Except(s_travels));
    }

    [Fact]
    public void No_name_is_used_twice() =>
        Assert.Distinct(
            Messages.Own.Concat(Messages.Kept).Concat(Messages.GrainInterfaces)
                .Select(t => t.GetCustomAttribute<AliasAttribute>()!.Alias));

    [Theory]
    [MemberData(nameof(GrainInterfaces))]
    public void A_grain_interface_and_its_methods_have_names(Type type)
    {
        Assert.StartsWith("ingest.", type.GetCustomAttribute<AliasAttribute>()?.Alias, StringComparison.Ordinal);
        Assert.All(type.GetMethods(), m => Assert.NotNull(m.GetCustomAttribute<AliasAttribute>()));
        Assert.Distinct(type.GetMethods().Select(m => m.GetCustomAttribute<AliasAttribute>()!.Alias));
    }

    [Theory]
    [MemberData(nameof(GrainInterfaces))]
    public void A_grains_method_gives_a_task_and_a_one_way_one_nothing_more(Type type)
    {
        Type[] tasks = [typeof(Task), typeof(ValueTask), typeof(Task<>), typeof(ValueTask<>)];
        Assert.All(type.GetMethods(), m => Assert.Contains(Definition(m.ReturnType), tasks));
        Assert.All(
            type.GetMethods().Where(m => m.GetCustomAttribute<OneWayAttribute>() is not null),
            m => Assert.False(m.ReturnType.IsGenericType));
    }

    [Fact]
    public void No_grain_streams() =>
        Assert.DoesNotContain(
            Messages.Parts,
            t => Definition(t).Name.StartsWith("IAsyncEnumerable", StringComparison.Ordinal));

    private static Type Definition(Type type) => type.IsGenericType ? type.GetGenericTypeDefinition() : type;
}
