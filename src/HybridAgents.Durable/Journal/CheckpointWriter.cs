using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace HybridAgents.Durable.Journal;

/// <summary>
/// Writes a checkpoint: magic, the format's version in four digits, the participants' states one after the other, then <c>[kind 1][length 8]</c> per participant, their number (1 byte), and the checksum of
/// everything before it (4 bytes).
/// </summary>
internal sealed class CheckpointWriter(IJournalFile file) : IBufferWriter<byte>
{
    public const int EntrySize = 9;
    public const int TrailerSize = 5;

    private byte[] _buffer = new byte[256 << 10];
    private int _used;
    private long _written;
    private uint _crc;

    public const int HeaderSize = 8;

    public static ReadOnlySpan<byte> Magic => "HAJC"u8;

    /// <summary>Writes the state of all participants and returns, after everything is on disk, the file's size.</summary>
    public long Write(IReadOnlyList<IJournalParticipant> participants)
    {
        this.Write(Magic);
        this.Write(Encoding.ASCII.GetBytes(JournalFormat.Current.ToString("D4", CultureInfo.InvariantCulture)));
        Span<byte> directory = new byte[participants.Count * EntrySize + 1];
        for (int i = 0; i < participants.Count; i++)
        {
            long start = _written + _used;
            participants[i].WriteCheckpoint(this);
            directory[i * EntrySize] = (byte)participants[i].Kind;
            BinaryPrimitives.WriteInt64LittleEndian(directory[(i * EntrySize + 1)..], _written + _used - start);
        }
        directory[^1] = (byte)participants.Count;
        this.Write(directory);
        FlushBuffer();
        BinaryPrimitives.WriteUInt32LittleEndian(GetSpan(4), _crc);
        Advance(4);
        FlushBuffer();
        file.Flush();
        return _written;
    }

    /// <inheritdoc/>
    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _buffer.Length - _used);
        _used += count;
    }

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        int needed = Math.Max(sizeHint, 1);
        if (_buffer.Length - _used < needed)
            FlushBuffer();
        if (_buffer.Length < needed)
            _buffer = new byte[needed];
        return _buffer.AsMemory(_used);
    }

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    private void FlushBuffer()
    {
        ReadOnlySpan<byte> bytes = _buffer.AsSpan(0, _used);
        _crc = Crc32C.Compute(bytes, _crc);
        file.Write(_written, bytes);
        _written += _used;
        _used = 0;
    }
}
