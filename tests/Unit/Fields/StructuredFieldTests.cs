using FsCheck.Fluent;
using Microsoft.Extensions.Primitives;
using OrleansIngest.Gateway.Protocols.Fields;
using OrleansIngest.Unit.Tests.Support;

namespace OrleansIngest.Unit.Tests.Fields;

/// <summary>What RFC 9651 allows is read, and nothing else.</summary>
public sealed class StructuredFieldTests
{
    private static readonly string[] s_items =
    [
        "0", "-0", "-999999999999999", "123456789012.125", "-1.5", "\"\"", "\"a,b;c=(d)\"",
        "\"\\\"\\\\\"", "token", "*", "a/b:c!#$%&'*+-.^_`|~", ":AAAA:", "::", ":A=:",
        "?0", "?1", "@1795339401", "@-1", "%\"\"", "%\"%c3%a4, 7\"",
    ];

    private static readonly string[] s_nothing =
    [
        "+1", "- 1", "1.", ".5", "1.2345", "1234567890123456", "1234567890123.0", "1 2", "\"", "\"a", "a\"",
        "\"\\a\"", "\"\u00e4\"", "\"\t\"", ":", ":A", ":A B:", ":A-:", "?", "?2", "?true", "%\"%\"", "%a",
        "@", "@1.5", "%", "%\"%C3\"", "%\"%c\"", "\u00e4", "=", ",", ";a",
        "1 ;a", "1;", "1;A", "1;a=", "1;a=\"", "1;a=(1)", "1,", "1;;a", "1\n",
    ];

    private static readonly string[] s_lists = ["()", "( )", "(1)", "( 1  \"a, (b)\";p;q=\"),\" )", "(a b)"];

    public static TheoryData<string> Items => [.. s_items];

    public static TheoryData<string> Nothing => [.. s_nothing];

    [Theory]
    [InlineData("0", 0L)]
    [InlineData("  42 ", 42L)]
    [InlineData("007", 7L)]
    [InlineData("999999999999999", 999999999999999L)]
    [InlineData("1;a;b=2;  c=\"x;y, \\\" \"", 1L)]
    [InlineData("-1", null)]
    [InlineData("1.0", null)]
    [InlineData("?1", null)]
    [InlineData("", null)]
    [InlineData(" ", null)]
    public void An_integer_is_a_number_that_is_not_negative(string field, long? number) =>
        Assert.Equal(number, StructuredField.Integer(field));

    [Theory]
    [InlineData("?0", false)]
    [InlineData(" ?1 ", true)]
    [InlineData("?1;a=?0", true)]
    [InlineData("1", null)]
    [InlineData("true", null)]
    [InlineData("", null)]
    public void A_boolean_is_one_of_two(string field, bool? value) =>
        Assert.Equal(value, StructuredField.Boolean(field));

    [Fact]
    public void An_item_is_said_once()
    {
        Assert.Null(StructuredField.Integer(new StringValues(["1", "1"])));
        Assert.Null(StructuredField.Boolean(new StringValues(["?1", "?1"])));
        Assert.Null(StructuredField.Integer(default));
    }

    [Theory]
    [MemberData(nameof(Items))]
    public void Any_item_may_be_a_member(string item) =>
        Assert.Equal(item, StructuredField.Dictionary($"a=1, b={item}, c")?["b"]);

    [Theory]
    [MemberData(nameof(Nothing))]
    public void What_is_no_item_is_none_and_no_member(string text)
    {
        Assert.Null(StructuredField.Integer(text));
        Assert.Null(StructuredField.Boolean(text));
        Assert.Null(StructuredField.Dictionary($"a={text}"));
    }

    [Theory]
    [InlineData("a", "a=?1")]
    [InlineData("a;b=1", "a=?1")]
    [InlineData("a=1, b=2,\tc=3 \t,d=4", "a=1 b=2 c=3 d=4")]
    [InlineData("a=1, b=2, a=3", "a=3 b=2")]
    [InlineData("  a=(1 2);x, *_x.y-9=z  ", "a=(1 2) *_x.y-9=z")]
    [InlineData("", "")]
    [InlineData("  ", "")]
    public void A_dictionary_has_members(string field, string members) => Assert.Equal(members, Written(field));

    [Theory]
    [InlineData(",")]
    [InlineData("a,")]
    [InlineData("a, ,b")]
    [InlineData(",a")]
    [InlineData("a b")]
    [InlineData("A=1")]
    [InlineData("9=1")]
    [InlineData("=1")]
    [InlineData("a =1")]
    [InlineData("a= 1")]
    [InlineData("a=(1")]
    [InlineData("a=1)")]
    [InlineData("a=(1\t2)")]
    [InlineData("a=(1\"b\")")]
    [InlineData("a=((1))")]
    public void What_is_malformed_is_no_dictionary(string field) => Assert.Null(StructuredField.Dictionary(field));

    [Fact]
    public void Lines_are_one_field()
    {
        Assert.Equal("a=3 b=2", Written(new StringValues(["a=1, b=2", "", "a=3"])));
        Assert.Equal("", Written(default));
        Assert.Null(StructuredField.Dictionary(new StringValues(["a=1,", "b=2"])));
    }

    [Theory]
    [InlineData("::", "")]
    [InlineData(":AQID:", "010203")]
    [InlineData(":AQI=:", "0102")]
    [InlineData(":AQI:", "0102")]
    [InlineData(":AQ==:", "01")]
    [InlineData(":AQ:", "01")]
    [InlineData(":AR:", "01")]
    [InlineData(":A:", null)]
    [InlineData(":AQ==AQ:", null)]
    [InlineData(":", null)]
    [InlineData("AQID", null)]
    public void Bytes_are_Base64_between_colons(string member, string? hex) =>
        Assert.Equal(hex, StructuredField.Bytes(member) is { } bytes ? Convert.ToHexString(bytes) : null);

    [Fact]
    public void What_was_written_by_the_rules_is_read() => Always.Holds(
        (from name in Gen.Elements("a", "b", "sha-256", "*")
         from value in Gen.Elements(s_items.Concat(s_lists))
         from parameters in Gen.Elements("", ";p", "; p=1;q=\"x,;\\\"\"")
         from space in Gen.Elements("", " ", "\t ")
         select (Name: name, Value: value, Text: $"{name}={value}{parameters}{space}")).ArrayOf(),
        members =>
        {
            var expected = members.GroupBy(member => member.Name).ToDictionary(of => of.Key, of => of.Last().Value);

            Assert.Equal(
                expected,
                StructuredField.Dictionary(string.Join(", ", members.Select(member => member.Text)).Trim()));
            Assert.Equal(
                expected,
                StructuredField.Dictionary(new StringValues([.. members.Select(member => member.Text.Trim())])));
        });

    /// <summary>Nothing is read again and again: with so much of it that would not end.</summary>
    [Theory]
    [InlineData("", "a", "")]
    [InlineData("", "a;", "")]
    [InlineData("a", ";a", ";")]
    [InlineData("1", ";a=1", "!")]
    [InlineData("a", ";a=\"\"", "!")]
    [InlineData("a", "=1, a", "=")]
    [InlineData("a=\"", "\\\\", "")]
    [InlineData("a=%\"", "%c3", "%")]
    [InlineData("a=:", "AAAA", "")]
    [InlineData("a=(", "1 ", "")]
    [InlineData("a=(", "\"\";a ", "!)")]
    [InlineData("a=", "(", "")]
    [InlineData("", " ", "!")]
    public void Hostile_fields_are_read_once(string start, string again, string end)
    {
        var field = start + string.Concat(Enumerable.Repeat(again, 500_000)) + end;

        _ = StructuredField.Dictionary(field);
        Assert.Null(StructuredField.Integer(field));
    }

    private static string? Written(StringValues lines) =>
        StructuredField.Dictionary(lines) is { } members
            ? string.Join(' ', members.Select(member => $"{member.Key}={member.Value}"))
            : null;
}
