using System.Text;

namespace HybridAgents.Durable.Tables;

/// <summary>Keys as bytes whose order is the ordinal order of the strings: each UTF-16 unit on its own in the form of UTF-8, so any string comes back as it was.</summary>
internal static class OrdinalKey
{
    /// <summary>Encodes a key.</summary>
    public static byte[] Encode(string key)
    {
        if (Ascii.IsValid(key))
            return Encoding.ASCII.GetBytes(key);
        byte[] bytes = new byte[Length(key)];
        int at = 0;
        foreach (char unit in key)
        {
            if (unit < 0x80)
            {
                bytes[at++] = (byte)unit;
                continue;
            }
            if (unit < 0x800)
            {
                bytes[at++] = (byte)(0xC0 | unit >> 6);
            }
            else
            {
                bytes[at++] = (byte)(0xE0 | unit >> 12);
                bytes[at++] = (byte)(0x80 | unit >> 6 & 0x3F);
            }
            bytes[at++] = (byte)(0x80 | unit & 0x3F);
        }
        return bytes;
    }

    /// <summary>How many bytes <see cref="Encode"/> makes of the key.</summary>
    public static int Length(string key)
    {
        int length = 0;
        foreach (char unit in key)
            length += unit < 0x80 ? 1 : unit < 0x800 ? 2 : 3;
        return length;
    }

    /// <summary>Decodes what <see cref="Encode"/> made.</summary>
    public static string Decode(ReadOnlySpan<byte> bytes)
    {
        if (Ascii.IsValid(bytes))
            return Encoding.ASCII.GetString(bytes);
        StringBuilder text = new(bytes.Length);
        for (int at = 0; at < bytes.Length; at++)
        {
            int lead = bytes[at];
            text.Append((char)(lead < 0x80 ? lead
                : lead < 0xE0 ? (lead & 0x1F) << 6 | bytes[++at] & 0x3F
                : (lead & 0x0F) << 12 | (bytes[++at] & 0x3F) << 6 | bytes[++at] & 0x3F));
        }
        return text.ToString();
    }
}
