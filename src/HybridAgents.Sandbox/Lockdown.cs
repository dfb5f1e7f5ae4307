using System.ComponentModel;
using System.Runtime.InteropServices;

namespace HybridAgents.Sandbox;

/// <summary>Gives up, for good, what this process will not need: a second wall behind the language's. Linux on x64 and arm64 only; elsewhere the language's wall and the host's limits stand alone.</summary>
/// <remarks>
/// Resource limits: no file may be written, few may be open, processor time and memory end. A system call filter for all threads: no sockets, no new processes or programs, no signals to or memory of others.
/// Files may still be read: the runtime loads itself from them.
/// </remarks>
internal static partial class Lockdown
{
    private const int NoNewPrivileges = 38;
    private const nint SetFilterMode = 1;
    private const nint AllThreads = 1;

    private const int RuntimeMegabytes = 192;

    // resource.h: a soft and a hard limit each.
    private const int ProcessorSeconds = 0;
    private const int FileSize = 1;
    private const int Data = 2;
    private const int CoreSize = 4;
    private const int OpenFiles = 7;

    /// <summary>Enters it.</summary>
    /// <param name="seconds">How long the script may run; the processor time of all threads is bounded by a multiple.</param>
    /// <param name="megabytes">How much memory the script's objects may take, in MiB; compiled code and the runtime get a fixed amount beside it.</param>
    /// <exception cref="Win32Exception">The system refuses: then nothing must be run.</exception>
    public static void Enter(int seconds, int megabytes)
    {
        if (!OperatingSystem.IsLinux() || SystemCallFilter.ForThisMachine() is not { } filter)
            return;
        Limit(ProcessorSeconds, (ulong)(2 * seconds + 5));
        Limit(FileSize, 0);
        Limit(Data, (ulong)(megabytes + RuntimeMegabytes) << 20);
        Limit(CoreSize, 0);
        Limit(OpenFiles, 128);
        Check(Prctl(NoNewPrivileges, 1, 0, 0, 0));
        Install(filter);
    }

    private static unsafe void Install((int Call, ulong[] Program) filter)
    {
        fixed (ulong* program = filter.Program)
        {
            FilterProgram handed = new() { Length = (ushort)filter.Program.Length, Instructions = program };
            Check((int)SystemCall(filter.Call, SetFilterMode, AllThreads, (nint)(&handed)));
        }
    }

    private static void Limit(int resource, ulong most)
    {
        ulong[] both = [most, most];
        Check(SetLimit(resource, both));
    }

    private static void Check(int result)
    {
        if (result != 0)
            throw new Win32Exception();
    }

    [LibraryImport("libc", EntryPoint = "prctl", SetLastError = true)]
    private static partial int Prctl(int option, nint first, nint second, nint third, nint fourth);

    [LibraryImport("libc", EntryPoint = "setrlimit", SetLastError = true)]
    private static partial int SetLimit(int resource, ulong[] limits);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint SystemCall(nint number, nint first, nint second, nint third);

    [StructLayout(LayoutKind.Sequential)]
    private unsafe struct FilterProgram
    {
        public ushort Length;
        public ulong* Instructions;
    }
}
