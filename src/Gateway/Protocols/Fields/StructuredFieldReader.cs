using System.Buffers;

namespace OrleansIngest.Gateway.Protocols.Fields;

/// <summary>
/// Parses a structured field in one pass, without backtracking (RFC 9651, section 4.2). A method
/// that returns false has met malformed input; nothing more can be read then.
/// </summary>
internal ref struct StructuredFieldReader(ReadOnlySpan<char> field)
{
    private const string Lower = "abcdefghijklmnopqrstuvwxyz";
    private const string Letters = Lower + "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    private const string Digits = "0123456789";

    private static readonly SearchValues<char> s_space = SearchValues.Create(" ");
    private static readonly SearchValues<char> s_spaceOrTab = SearchValues.Create(" \t");
    private static readonly SearchValues<char> s_digits = SearchValues.Create(Digits);
    private static readonly SearchValues<char> s_key = SearchValues.Create(Lower + Digits + "_-.*");
    private static readonly SearchValues<char> s_token = SearchValues.Create(Letters + Digits + "!#$%&'*+-.^_`|~:/");
    private static readonly SearchValues<char> s_base64 = SearchValues.Create(Letters + Digits + "+/=");
    private static readonly SearchValues<char> s_text = SearchValues.Create([.. Printable().Except("\"\\")]);
    private static readonly SearchValues<char> s_displayText = SearchValues.Create([.. Printable().Except("\"%")]);

    private ReadOnlySpan<char> _rest = field.Trim(' ');

    /// <summary>Whether the whole field has been read.</summary>
    public readonly bool IsAtEnd => _rest.IsEmpty;

    /// <summary>
    /// Reads a member of a Dictionary and skips its parameters. The value is empty if the member
    /// has none, which means Boolean true.
    /// </summary>
    public bool Member(out ReadOnlySpan<char> key, out ReadOnlySpan<char> value)
    {
        value = default;
        return Key(out key) && (TryConsume('=') ? Value(out value) : Parameters());
    }

    /// <summary>
    /// Reads the separator after a member. False if the comma is missing or nothing follows it.
    /// </summary>
    public bool Comma()
    {
        ConsumeAll(s_spaceOrTab);
        return IsAtEnd || (TryConsume(',') && ConsumeAll(s_spaceOrTab) >= 0 && !IsAtEnd);
    }

    /// <summary>Reads an Item and skips its parameters.</summary>
    public bool Item(out ReadOnlySpan<char> item)
    {
        var start = _rest;
        var isItem = BareItem();
        item = start[..^_rest.Length];
        return isItem && Parameters();
    }

    private bool Value(out ReadOnlySpan<char> value)
    {
        if (_rest is not ['(', ..])
            return Item(out value);
        var start = _rest;
        var isList = InnerList();
        value = start[..^_rest.Length];
        return isList && Parameters();
    }

    private bool InnerList()
    {
        TryConsume('(');
        for (ConsumeAll(s_space); !TryConsume(')'); ConsumeAll(s_space))
        {
            if (!BareItem() || !Parameters() || _rest is not [' ' or ')', ..])
                return false;
        }
        return true;
    }

    private bool Parameters()
    {
        while (TryConsume(';'))
        {
            ConsumeAll(s_space);
            if (!Key(out _) || (TryConsume('=') && !BareItem()))
                return false;
        }
        return true;
    }

    private bool Key(out ReadOnlySpan<char> key)
    {
        var start = _rest;
        var isKey = _rest is [(>= 'a' and <= 'z') or '*', ..] && ConsumeAll(s_key) > 0;
        key = start[..^_rest.Length];
        return isKey;
    }

    private bool BareItem() => _rest is [var first, ..] && first switch
    {
        '-' or (>= '0' and <= '9') => Number(),
        '"' => Text(),
        ':' => Binary(),
        '?' => Boolean(),
        '@' => Date(),
        '%' => DisplayText(),
        '*' or (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') => ConsumeAll(s_token) > 0,
        _ => false,
    };

    /// <summary>
    /// Reads an Integer of up to 15 digits, or a Decimal of up to 12 digits and 3 fractional ones
    /// (RFC 9651, section 4.2.4).
    /// </summary>
    private bool Number()
    {
        TryConsume('-');
        var digits = ConsumeAll(s_digits);
        return TryConsume('.')
            ? digits is >= 1 and <= 12 && ConsumeAll(s_digits) is >= 1 and <= 3
            : digits is >= 1 and <= 15;
    }

    private bool Text()
    {
        TryConsume('"');
        for (ConsumeAll(s_text); TryConsume('\\'); ConsumeAll(s_text))
        {
            if (!TryConsume('"') && !TryConsume('\\'))
                return false;
        }
        return TryConsume('"');
    }

    private bool Binary() => TryConsume(':') && ConsumeAll(s_base64) >= 0 && TryConsume(':');

    private bool Boolean() => TryConsume('?') && (TryConsume('0') || TryConsume('1'));

    private bool Date()
    {
        TryConsume('@');
        TryConsume('-');
        return ConsumeAll(s_digits) is >= 1 and <= 15;
    }

    private bool DisplayText()
    {
        TryConsume('%');
        var isText = TryConsume('"');
        for (ConsumeAll(s_displayText); isText && TryConsume('%'); ConsumeAll(s_displayText))
            isText = HexDigit() && HexDigit();
        return isText && TryConsume('"');
    }

    private bool HexDigit()
    {
        var isHex = _rest is [(>= '0' and <= '9') or (>= 'a' and <= 'f'), ..];
        _rest = isHex ? _rest[1..] : _rest;
        return isHex;
    }

    /// <summary>Reads the given character if it comes next.</summary>
    /// <returns>Whether it came next.</returns>
    private bool TryConsume(char character)
    {
        var isThere = _rest is [var first, ..] && first == character;
        _rest = isThere ? _rest[1..] : _rest;
        return isThere;
    }

    /// <summary>Reads all of the given characters that come next.</summary>
    /// <returns>How many were read.</returns>
    private int ConsumeAll(SearchValues<char> characters)
    {
        var count = _rest.IndexOfAnyExcept(characters) is >= 0 and var end ? end : _rest.Length;
        _rest = _rest[count..];
        return count;
    }

    private static IEnumerable<char> Printable() => Enumerable.Range(' ', '~' - ' ' + 1).Select(code => (char)code);
}
