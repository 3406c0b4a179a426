using Grpc.Core;

namespace StandIns.Grpc.Tests;

public sealed class MetadataTests
{
    [Fact]
    public void Keys_are_found_in_any_case_and_the_last_one_counts()
    {
        var metadata = new Metadata { { "Trace-Id", "1" }, { "trace-id", "2" }, { "other", "3" } };

        Assert.Equal(["trace-id", "trace-id", "other"], metadata.Select(entry => entry.Key));
        Assert.Equal("2", metadata.GetValue("TRACE-ID"));
        Assert.Equal(["1", "2"], metadata.GetAll("trace-id").Select(entry => entry.Value));
        Assert.Null(metadata.Get("missing"));
        Assert.Null(metadata.GetValue("missing"));
        Assert.Null(metadata.GetValueBytes("missing"));
    }

    [Fact]
    public void A_key_says_whether_its_value_is_bytes()
    {
        var binary = new Metadata.Entry("key-bin", [1, 2]);

        Assert.True(binary.IsBinary);
        Assert.Equal([1, 2], binary.ValueBytes);
        Assert.Throws<InvalidOperationException>(() => binary.Value);
        Assert.Equal("ab"u8.ToArray(), new Metadata.Entry("key", "ab").ValueBytes);
        Assert.Throws<ArgumentException>(() => new Metadata.Entry("key-bin", "text"));
        Assert.Throws<ArgumentException>(() => new Metadata.Entry("key", [1]));
        Assert.Throws<ArgumentException>(() => new Metadata.Entry("no spaces", "text"));
    }

    [Fact]
    public void The_empty_metadata_stays_empty()
    {
        Assert.Throws<InvalidOperationException>(() => Metadata.Empty.Add("key", "value"));
        Assert.Empty(Metadata.Empty);
    }

    [Fact]
    public void An_exception_says_its_status()
    {
        var status = new Status(StatusCode.NotFound, "no such job");
        Assert.Equal("Status(StatusCode=\"NotFound\", Detail=\"no such job\")", new RpcException(status).Message);
        Assert.Equal("mine", new RpcException(status, "mine").Message);
        Assert.Empty(new RpcException(status).Trailers);
    }
}
