using System.Runtime.InteropServices;

namespace HybridAgents.Sandbox;

/// <summary>Writes the program by which Linux decides on each system call (seccomp, classic BPF).</summary>
internal static class SystemCallFilter
{
    // Operation codes of linux/bpf_common.h.
    private const ushort Load = 0x20;
    private const ushort IfEqual = 0x15;
    private const ushort IfAtLeast = 0x35;
    private const ushort IfAnyBit = 0x45;
    private const ushort Return = 0x06;

    // Offsets in struct seccomp_data.
    private const uint Number = 0;
    private const uint Architecture = 4;
    private const uint FirstArgument = 16;

    private const uint Allow = 0x7fff0000;
    private const uint NotPermitted = 0x00050001; // EPERM
    private const uint NotImplemented = 0x00050026; // ENOSYS: the C library then uses clone, which can be judged.
    private const uint OtherTables = 0x40000000; // The x32 calls of x64.
    private const uint ThreadFlag = 0x00010000; // CLONE_THREAD

    /// <summary>The number of the call that installs a filter, and the filter; null where the machine's calls are not known.</summary>
    public static (int Call, ulong[] Program)? ForThisMachine() => RuntimeInformation.ProcessArchitecture switch
    {
        // socket, execve, execveat, fork, vfork, kill, ptrace, process_vm_readv, process_vm_writev, pidfd_send_signal, io_uring_setup
        System.Runtime.InteropServices.Architecture.X64 => (317, Write(0xc000003e, clone: 56, [41, 59, 322, 57, 58, 62, 101, 310, 311, 424, 425])),
        System.Runtime.InteropServices.Architecture.Arm64 => (277, Write(0xc00000b7, clone: 220, [198, 221, 281, 129, 117, 270, 271, 424, 425])),
        _ => null,
    };

    private static ulong[] Write(uint architecture, uint clone, uint[] refused)
    {
        const uint CloneWithStruct = 435;
        return
        [
            Step(Load, Architecture), Step(IfEqual, architecture, whenTrue: 1), Step(Return, NotPermitted),
            Step(Load, Number), Step(IfAtLeast, OtherTables, whenFalse: 1), Step(Return, NotPermitted),
            .. refused.SelectMany(number => new[] { Step(IfEqual, number, whenFalse: 1), Step(Return, NotPermitted) }),
            Step(IfEqual, CloneWithStruct, whenFalse: 1), Step(Return, NotImplemented),
            Step(IfEqual, clone, whenFalse: 3), Step(Load, FirstArgument), Step(IfAnyBit, ThreadFlag, whenTrue: 1), Step(Return, NotPermitted),
            Step(Return, Allow),
        ];
    }

    private static ulong Step(ushort code, uint operand, byte whenTrue = 0, byte whenFalse = 0) => code | (ulong)whenTrue << 16 | (ulong)whenFalse << 24 | (ulong)operand << 32;
}
