using System.Buffers;
using System.CommandLine;

namespace HybridAgents.Cli.Commands;

/// <summary>The argument that names a run.</summary>
internal static class RunIdArgument
{
    private const int MaxLength = 128;

    private static readonly SearchValues<char> Letters = SearchValues.Create("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-");

    public static Argument<string> Create()
    {
        Argument<string> argument = new("id") { Description = "The run's id, as run and list print it." };
        argument.Validators.Add(static result =>
        {
            if (result.Tokens is [{ Value: var id }] && (id.Length is 0 or > MaxLength || id.AsSpan().ContainsAnyExcept(Letters)))
                result.AddError($"'{id}' is not a run id; allowed: letters, digits, _ and -, up to {MaxLength}.");
        });
        return argument;
    }
}
