using System.Buffers;

namespace OrleansIngest.Gateway.Protocols.Fields;

/// <summary>
/// Reads a structured field from its beginning to its end, and nothing of it twice (RFC 9651, section 4.2). What answers false has
/// met something that is malformed: then there is nothing more to read.
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

    /// <summary>Whether all of it was read.</summary>
    public readonly bool IsAtEnd => _rest.IsEmpty;

    /// <summary>A dictionary's member; its value is empty if it is only named.</summary>
    public bool Member(out ReadOnlySpan<char> key, out ReadOnlySpan<char> value)
    {
        value = default;
        return Key(out key) && (Skip('=') ? Value(out value) : Parameters());
    }

    /// <summary>What is between two members. Behind the last one there is nothing.</summary>
    public bool Comma()
    {
        Pass(s_spaceOrTab);
        return IsAtEnd || (Skip(',') && Pass(s_spaceOrTab) >= 0 && !IsAtEnd);
    }

    /// <summary>An item.</summary>
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
        Skip('(');
        for (Pass(s_space); !Skip(')'); Pass(s_space))
        {
            if (!BareItem() || !Parameters() || _rest is not [' ' or ')', ..])
                return false;
        }
        return true;
    }

    private bool Parameters()
    {
        while (Skip(';'))
        {
            Pass(s_space);
            if (!Key(out _) || (Skip('=') && !BareItem()))
                return false;
        }
        return true;
    }

    private bool Key(out ReadOnlySpan<char> key)
    {
        var start = _rest;
        var isKey = _rest is [(>= 'a' and <= 'z') or '*', ..] && Pass(s_key) > 0;
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
        '*' or (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') => Pass(s_token) > 0,
        _ => false,
    };

    /// <summary>An Integer or a Decimal.</summary>
    private bool Number()
    {
        Skip('-');
        var digits = Pass(s_digits);
        return Skip('.') ? digits is >= 1 and <= 12 && Pass(s_digits) is >= 1 and <= 3 : digits is >= 1 and <= 15;
    }

    private bool Text()
    {
        Skip('"');
        for (Pass(s_text); Skip('\\'); Pass(s_text))
        {
            if (!Skip('"') && !Skip('\\'))
                return false;
        }
        return Skip('"');
    }

    private bool Binary() => Skip(':') && Pass(s_base64) >= 0 && Skip(':');

    private bool Boolean() => Skip('?') && (Skip('0') || Skip('1'));

    private bool Date()
    {
        Skip('@');
        Skip('-');
        return Pass(s_digits) is >= 1 and <= 15;
    }

    private bool DisplayText()
    {
        Skip('%');
        var isText = Skip('"');
        for (Pass(s_displayText); isText && Skip('%'); Pass(s_displayText))
            isText = HexDigit() && HexDigit();
        return isText && Skip('"');
    }

    private bool HexDigit()
    {
        var isHex = _rest is [(>= '0' and <= '9') or (>= 'a' and <= 'f'), ..];
        _rest = isHex ? _rest[1..] : _rest;
        return isHex;
    }

    /// <summary>Goes beyond a character, if it comes now.</summary>
    private bool Skip(char character)
    {
        var isThere = _rest is [var first, ..] && first == character;
        _rest = isThere ? _rest[1..] : _rest;
        return isThere;
    }

    /// <summary>Goes beyond all of some characters that come now; how many these are.</summary>
    private int Pass(SearchValues<char> characters)
    {
        var count = _rest.IndexOfAnyExcept(characters) is >= 0 and var end ? end : _rest.Length;
        _rest = _rest[count..];
        return count;
    }

    private static IEnumerable<char> Printable() => Enumerable.Range(' ', '~' - ' ' + 1).Select(code => (char)code);
}
