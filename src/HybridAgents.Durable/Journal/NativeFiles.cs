using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace HybridAgents.Durable.Journal;

/// <summary>What .NET's file API lacks: making a folder's entries durable, reserving space, and telling a full disk from a broken one.</summary>
internal static partial class NativeFiles
{
    private const int InvalidArgument = 22;

    /// <summary>Makes the folder's entries durable. Windows does so by itself.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    public static void SyncFolder(string path)
    {
        if (OperatingSystem.IsWindows())
            return;
        int descriptor = Open(path, 0);
        if (descriptor < 0)
            throw Error("open", path);
        try
        {
            // Some network and overlay file systems cannot sync a folder and say so with EINVAL; there is nothing more to be done on them.
            if (Sync(descriptor) != 0 && Marshal.GetLastPInvokeError() != InvalidArgument)
                throw Error("sync", path);
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    /// <summary>Makes an empty file <paramref name="length"/> bytes long, with space set aside on disk where the system can.</summary>
    public static void Reserve(SafeFileHandle handle, long length)
    {
        if (OperatingSystem.IsLinux() && Allocate(handle, 0, length) is var error and not 0 && IsFullCode(error))
            throw new IOException($"No space for {length} bytes: {Marshal.GetPInvokeErrorMessage(error)}.", error);
        RandomAccess.SetLength(handle, length);
    }

    /// <summary>Whether the failure is one that passes when someone makes room: no space, over quota, or read-only.</summary>
    public static bool IsDiskFull(Exception error) => error is IOException && IsFullCode(error.HResult);

    private static bool IsFullCode(int code) => OperatingSystem.IsWindows()
        ? code is unchecked((int)0x80070070) or unchecked((int)0x80070027) or unchecked((int)0x80070013) // DISK_FULL, HANDLE_DISK_FULL, WRITE_PROTECT
        : code is 28 or 30 || code == (OperatingSystem.IsLinux() ? 122 : 69); // ENOSPC, EROFS, EDQUOT

    private static IOException Error(string action, string path)
    {
        int code = Marshal.GetLastPInvokeError();
        return new IOException($"Could not {action} the folder '{path}': {Marshal.GetPInvokeErrorMessage(code)}.", code);
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Sync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "posix_fallocate")]
    private static partial int Allocate(SafeFileHandle descriptor, long offset, long length);
}
