using System.CommandLine;
using System.CommandLine.Help;
using HybridAgents.Cli.Journal;
using HybridAgents.Cli.Output;

namespace HybridAgents.Cli.Commands;

/// <summary>The command <c>hybrid</c> with all that is below it.</summary>
internal static class HybridCommand
{
    private const string Description = """
        Runs AI agents durably, on local models and in the cloud.

        Exit codes: 0 ok, 1 failure, 2 usage, 3 authentication, 4 not found, 5 server or provider unavailable, 6 rate limited.
        """;

    // An argument is text: no @file expansion, no bundling of short options.
    private static readonly ParserConfiguration Parsing = new() { ResponseFileTokenReplacer = null, EnablePosixBundling = false };

    /// <summary>Does what the arguments say; returns what the process ends with. Never throws.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        Terminal terminal = Terminal.OfProcess();
        ParseResult parsed = Create(terminal).Parse(args, Parsing);
        if (parsed.Errors.Count > 0)
        {
            foreach (string message in parsed.Errors.Select(static error => error.Message).Distinct())
                terminal.Note($"hybrid: {message}");
            terminal.Note($"See: {PathOf(parsed.CommandResult)} --help");
            return ExitCodes.Usage;
        }

        try
        {
            // Signals are the commands' own affair: by default they end the process, and run makes a cancel of them.
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
        }
        catch (CliException error)
        {
            terminal.Note($"hybrid: {error.Message}");
            return error.ExitCode;
        }
        catch (Exception error)
        {
            terminal.Note($"hybrid: {error.Message} This is a fault of the program: {error}");
            return ExitCodes.Failure;
        }
    }

    private static RootCommand Create(Terminal terminal)
    {
        GlobalOptions globals = new();
        RootCommand root = new(Description);
        globals.AddTo(root);
        foreach (Command command in (Command[])
        [
            RunCommand.Create(globals, terminal), StatusCommand.Create(globals, terminal), EventsCommand.Create(globals, terminal),
            CancelCommand.Create(globals, terminal), ListCommand.Create(globals, terminal), WorkflowCommand.Create(globals, terminal),
            JournalCommand.Create(new(globals.Data, globals.Json, terminal.Output, terminal.Note)),
        ])
            root.Add(command);
        root.SetAction(static parsed => new HelpAction().Invoke(parsed));
        return root;
    }

    private static string PathOf(System.CommandLine.Parsing.CommandResult result) =>
        result.Parent is System.CommandLine.Parsing.CommandResult parent ? $"{PathOf(parent)} {result.Command.Name}" : "hybrid";
}
