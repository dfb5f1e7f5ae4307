using System.Buffers.Binary;

namespace HybridAgents.Durable.Journal;

/// <summary>Reads what <see cref="CheckpointWriter"/> wrote.</summary>
internal sealed class CheckpointReader
{
    private readonly byte[] _bytes;

    private CheckpointReader(byte[] bytes) => _bytes = bytes;

    /// <summary>Gets the file's size in bytes.</summary>
    public long Size => _bytes.Length;

    /// <summary>Gets the whole file.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>Reads and checks the whole file.</summary>
    /// <exception cref="JournalCorruptException">It is damaged.</exception>
    /// <exception cref="JournalVersionException">This build does not read its version.</exception>
    public static CheckpointReader Open(IJournalFiles files, string name)
    {
        using IJournalFile file = files.Open(name);
        byte[] bytes = GC.AllocateUninitializedArray<byte>(checked((int)file.Length));
        int length = file.Read(0, bytes);
        int crcAt = length - 4;
        if (length < CheckpointWriter.HeaderSize + CheckpointWriter.TrailerSize
            || !bytes.AsSpan().StartsWith(CheckpointWriter.Magic)
            || BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(crcAt)) != Crc32C.Compute(bytes.AsSpan(0, crcAt)))
            throw new JournalCorruptException(name, 0, "the checkpoint's checksum is wrong");
        JournalFormat.Check(name, JournalFormat.Parse(bytes.AsSpan(CheckpointWriter.Magic.Length, CheckpointWriter.HeaderSize - CheckpointWriter.Magic.Length)));
        return new CheckpointReader(bytes);
    }

    /// <summary>Hands each participant its state. A participant that was not there when the checkpoint was taken gets nothing.</summary>
    public void Restore(IReadOnlyList<IJournalParticipant> participants)
    {
        int count = _bytes[^CheckpointWriter.TrailerSize];
        ReadOnlySpan<byte> directory = _bytes.AsSpan(_bytes.Length - CheckpointWriter.TrailerSize - count * CheckpointWriter.EntrySize);
        int position = CheckpointWriter.HeaderSize;
        for (int i = 0; i < count; i++, directory = directory[CheckpointWriter.EntrySize..])
        {
            int length = checked((int)BinaryPrimitives.ReadInt64LittleEndian(directory[1..]));
            RecordKind kind = (RecordKind)directory[0];
            participants.FirstOrDefault(participant => participant.Kind == kind)?.ReadCheckpoint(_bytes.AsSpan(position, length));
            position += length;
        }
    }
}
