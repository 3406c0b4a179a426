using OrleansIngest.Grains.Jobs;

namespace OrleansIngest.Unit.Tests.Rules;

/// <summary>
/// Arrows point one way: Gateway, Silo, Salvage, the backends of Storage, Storage,
/// Grains, protos; and Gateway, Uploads, Grains. A grain never sees HTTP, SQL or a file,
/// and one backend never sees another.
/// </summary>
public sealed class LayerTests
{
    private const StringComparison Ordinal = StringComparison.Ordinal;

    [Theory]
    [InlineData("Grains", "Protos")]
    [InlineData("Uploads", "Protos Grains")]
    [InlineData("Storage", "Protos Grains")]
    [InlineData("Storage.Sqlite", "Protos Grains Storage")]
    [InlineData("Storage.Postgres", "Protos Grains Storage")]
    [InlineData("Storage.Disk", "Protos Grains Storage")]
    [InlineData("Storage.S3", "Protos Grains Storage")]
    [InlineData("Salvage", "Protos Grains Storage Storage.Sqlite Storage.Disk")]
    [InlineData(
        "Silo", "Protos Grains Storage Storage.Sqlite Storage.Disk Storage.Postgres Storage.S3 Salvage")]
    public void A_layer_is_built_on_those_below_it_only(string layer, string below) =>
        Assert.Empty(Project.Get(layer).BuiltOn().Except(below.Split(' ').Select(name => $"OrleansIngest.{name}")));

    /// <summary>What only one backend needs stays in it.</summary>
    [Fact]
    public void Bytes_on_a_disk_need_no_package() => Assert.Empty(Project.Get("Storage.Disk").Packages);

    [Fact]
    public void Grains_need_nothing_but_the_protos_and_Orleans()
    {
        var grains = Project.Get("Grains");
        Assert.All(grains.Packages, package => Assert.StartsWith("Microsoft.Orleans.", package, Ordinal));
        Assert.Empty(grains.Frameworks);
        Assert.DoesNotContain(
            typeof(Job).Assembly.GetReferencedAssemblies(),
            a => IsAspNetCore(a.Name!) || a.Name!.Contains("Sqlite", Ordinal) || a.Name.Contains("Npgsql", Ordinal)
                || a.Name.StartsWith("OrleansIngest.Storage", Ordinal)
                || IsOneOf(a.Name, "Salvage", "Silo", "Gateway"));
    }

    [Theory]
    [InlineData("Grains")]
    [InlineData("Uploads")]
    [InlineData("Storage")]
    [InlineData("Storage.Sqlite")]
    [InlineData("Storage.Postgres")]
    [InlineData("Storage.Disk")]
    [InlineData("Storage.S3")]
    [InlineData("Salvage")]
    public void Below_the_silo_there_is_no_web_server(string layer)
    {
        var project = Project.Get(layer);
        Assert.Equal("Microsoft.NET.Sdk", project.Sdk);
        Assert.DoesNotContain(
            project.Frameworks.Concat(project.Packages).Concat(project.CompiledReferences()),
            IsAspNetCore);
        Assert.DoesNotContain(project.CompiledReferences(), name => IsOneOf(name, "Silo", "Gateway"));
    }

    /// <summary>
    /// It may reference the shared framework for hosting and options, but it uses nothing of HTTP.
    /// </summary>
    [Fact]
    public void The_silo_sees_no_HTTP()
    {
        var silo = Project.Get("Silo");
        Assert.Equal("Microsoft.NET.Sdk", silo.Sdk);
        Assert.DoesNotContain(silo.CompiledReferences(), name => IsAspNetCore(name) || IsOneOf(name, "Gateway"));
    }

    [Fact]
    public void No_project_names_tests_or_load_tests() =>
        Assert.All(Project.InSource, project => Assert.DoesNotContain(
            project.References, path => path.StartsWith("tests/", Ordinal) || path.StartsWith("loadtests/", Ordinal)));

    private static bool IsAspNetCore(string name) => name.StartsWith("Microsoft.AspNetCore", Ordinal);

    private static bool IsOneOf(string name, params string[] layers) =>
        layers.Any(layer => name == $"OrleansIngest.{layer}");
}
