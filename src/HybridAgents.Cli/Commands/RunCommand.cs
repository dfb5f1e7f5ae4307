using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using HybridAgents.Cli.Client;
using HybridAgents.Cli.Hosting;
using HybridAgents.Cli.Output;

namespace HybridAgents.Cli.Commands;

/// <summary><c>hybrid run</c>: starts a run and follows it to its end.</summary>
internal static class RunCommand
{
    /// <summary>The most characters of a prompt.</summary>
    private const int MaxPrompt = 100_000;

    public static Command Create(GlobalOptions globals, Terminal terminal)
    {
        Argument<string> prompt = new("prompt") { Description = "What the agent shall do; - reads it from the input." };
        Option<bool> detach = new("--detach") { Description = "Print the run's id and do not wait for it." };
        RunRequestOptions request = new();
        Command command = new("run", "Starts a run, shows it live and prints the answer. Ctrl+C cancels the run; a second one ends the command at once.") { prompt, detach };
        request.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            string text = await ReadPromptAsync(parsed.GetRequiredValue(prompt), terminal.Input, cancellationToken);
            bool json = globals.Json(parsed);
            await using ServerConnection server = new(globals.Server(parsed), TimeProvider.System, json ? static _ => { } : terminal.Note);
            if (parsed.GetValue(detach))
                return await DetachAsync(server, request.ToRequest(parsed, text), terminal, json, cancellationToken);

            return await RunFollower.FollowAsync(server, () => server.Runs.StartAsync(request.ToRequest(parsed, text), cancellationToken), terminal, json, globals.Streaming(parsed), cancellationToken);
        });
        return command;
    }

    private static async Task<string> ReadPromptAsync(string argument, TextReader input, CancellationToken cancellationToken)
    {
        string text = argument;
        if (argument == "-")
        {
            char[] buffer = new char[MaxPrompt + 1];
            text = new(buffer, 0, await input.ReadBlockAsync(buffer, cancellationToken));
        }

        if (string.IsNullOrWhiteSpace(text))
            throw new CliException(ExitCodes.Usage, "The prompt is empty.");
        return text.Length <= MaxPrompt ? text : throw new CliException(ExitCodes.Usage, $"The prompt has more than {MaxPrompt} characters.");
    }

    /// <summary>Never on a host of our own: it would end before the run.</summary>
    private static async Task<int> DetachAsync(
        ServerConnection server, JsonObject request, Terminal terminal, bool json, CancellationToken cancellationToken)
    {
        JsonElement accepted = await server.Runs.StartAsync(request, cancellationToken);
        if (json)
            JsonOutput.WriteDocument(terminal.Output, accepted);
        else
            terminal.Output.WriteLine(SafeText.Line(accepted.Text("run_id") ?? ""));
        return ExitCodes.Ok;
    }
}
