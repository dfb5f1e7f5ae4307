using System.Text.Json;
using HybridAgents.Core.Tools;
using HybridAgents.Local;
using Microsoft.Extensions.DependencyInjection;

namespace HybridAgents.System.Tests.Support;

/// <summary>A tool that must never do the same thing twice: appends its text to a file, and then takes a moment to say so.</summary>
/// <param name="file">The file: one line an effect.</param>
internal sealed class SendLetterTool(string file) : ITool
{
    public const string Name = "send_letter";
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(100);
    private readonly Lock _gate = new();

    public ToolDefinition Definition { get; } = new()
    {
        Name = Name,
        Description = "Sends a letter.",
        Parameters = JsonElement.Parse("""{"type":"object","properties":{"text":{"type":"string"}},"required":["text"]}"""),
        Effect = ToolEffect.AtMostOnce,
    };

    public async Task<ToolOutput> InvokeAsync(ToolInvocation call, CancellationToken cancellationToken)
    {
        lock (_gate)
            File.AppendAllText(file, call.Arguments.Text("text") + '\n');
        await Task.Delay(Moment, cancellationToken);
        return new("Sent.");
    }
}

/// <summary>The product's host with that tool, as a process of its own: this test assembly is also its program.</summary>
internal static class LetterHost
{
    public const string Program = "HybridAgents.System.Tests.dll";
    public const string File = "letters";

    public static async Task<int> Main(string[] args)
    {
        await using LocalHost host = LocalHost.Build(args, static builder => builder.Services.AddSingleton<ITool>(new SendLetterTool(File)));
        await host.StartAsync();
        Console.WriteLine($"HybridAgents ready on {host.Url.GetLeftPart(UriPartial.Authority)}");
        await host.WaitForStopAsync();
        return 0;
    }
}
