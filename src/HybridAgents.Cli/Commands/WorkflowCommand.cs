using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using HybridAgents.Cli.Client;
using HybridAgents.Cli.Hosting;
using HybridAgents.Cli.Output;

namespace HybridAgents.Cli.Commands;

/// <summary><c>hybrid workflow</c>: checks, draws and runs a workflow that is in a file.</summary>
internal static class WorkflowCommand
{
    public static Command Create(GlobalOptions globals, Terminal terminal) => new("workflow", "Checks, draws and runs a workflow that is in a file.")
    {
        Validate(globals, terminal), Graph(globals, terminal), Run(globals, terminal),
    };

    private static Command Validate(GlobalOptions globals, Terminal terminal)
    {
        Argument<string> file = FileArgument();
        Command command = new("validate", "Checks a workflow, and that what it names is there. Exits 2 and names every fault if anything is wrong.") { file };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            JsonElement read = await ReadAsync(globals, parsed, file, terminal, cancellationToken);
            if (globals.Json(parsed))
                JsonOutput.WriteDocument(terminal.Output, read);
            else
                terminal.Output.WriteLine($"valid: {read.Integer("steps")} steps");
            return ExitCodes.Ok;
        });
        return command;
    }

    private static Command Graph(GlobalOptions globals, Terminal terminal)
    {
        Argument<string> file = FileArgument();
        Command command = new("graph", "Prints a Mermaid flow chart of a workflow.") { file };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            JsonElement read = await ReadAsync(globals, parsed, file, terminal, cancellationToken);
            terminal.Output.Write(SafeText.ForTerminal(read.Text("graph") ?? ""));
            return ExitCodes.Ok;
        });
        return command;
    }

    private static Command Run(GlobalOptions globals, Terminal terminal)
    {
        Argument<string> file = FileArgument();
        Option<string?> inputs = new("--inputs") { Description = "The inputs as a JSON object, bare or as the member 'inputs' of one; or @FILE: a file with one.", HelpName = "JSON" };
        Option<string?> model = new("--model") { Description = "The model of agents that name none.", HelpName = "MODEL" };
        Command command = new("run", "Keeps a workflow under its id, runs it and follows the run. Ctrl+C cancels the run.") { file, inputs, model };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            string document = await TextAsync(parsed.GetRequiredValue(file), cancellationToken);
            string id = (Parse(document, "The workflow") as JsonObject)?["id"] is JsonValue value && value.TryGetValue(out string? named) && named.Length > 0
                ? Uri.EscapeDataString(named)
                : throw new CliException(ExitCodes.Usage, "The workflow has no id: it needs one to be kept.");
            JsonObject body = [];
            if (parsed.GetValue(inputs) is { } given)
                body["inputs"] = Bare(Parse(given.StartsWith('@') ? await TextAsync(given[1..], cancellationToken) : given, "--inputs"));
            if (parsed.GetValue(model) is { } chosen)
                body["model"] = chosen;
            bool json = globals.Json(parsed);
            await using ServerConnection server = new(globals.Server(parsed), TimeProvider.System, json ? static _ => { } : terminal.Note);
            WorkflowsClient workflows = new(server.Runs);
            return await RunFollower.FollowAsync(server, StartAsync, terminal, json, globals.Streaming(parsed), cancellationToken);

            async Task<JsonElement> StartAsync()
            {
                await workflows.KeepAsync(id, document, cancellationToken);
                return await workflows.StartAsync(id, body.ToJsonString(), cancellationToken);
            }
        });
        return command;
    }

    private static Argument<string> FileArgument() => new("file") { Description = "The workflow: a file with a JSON document." };

    private static async Task<JsonElement> ReadAsync(GlobalOptions globals, ParseResult parsed, Argument<string> file, Terminal terminal, CancellationToken cancellationToken)
    {
        string document = await TextAsync(parsed.GetRequiredValue(file), cancellationToken);
        await using ServerConnection server = new(globals.Server(parsed), TimeProvider.System, globals.Json(parsed) ? static _ => { } : terminal.Note);
        await server.EnsureAsync(cancellationToken);
        return await new WorkflowsClient(server.Runs).ValidateAsync(document, cancellationToken);
    }

    private static async Task<string> TextAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            return await File.ReadAllTextAsync(path, cancellationToken);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new CliException(ExitCodes.Usage, $"The file '{path}' cannot be read: {error.Message}");
        }
    }

    /// <summary>The body of a start over HTTP has its inputs in a member, and serves here, too.</summary>
    private static JsonNode? Bare(JsonNode? inputs) => inputs is JsonObject { Count: 1 } body && body["inputs"] is JsonObject bare ? bare.DeepClone() : inputs;

    private static JsonNode? Parse(string text, string what)
    {
        try
        {
            return JsonNode.Parse(text);
        }
        catch (JsonException error)
        {
            throw new CliException(ExitCodes.Usage, $"{what} is not JSON: {error.Message}");
        }
    }
}
