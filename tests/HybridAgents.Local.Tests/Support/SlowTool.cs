using System.Text.Json;
using HybridAgents.Core.Tools;

namespace HybridAgents.Local.Tests.Support;

/// <summary>A tool that says when it was called and answers when it is told to.</summary>
internal sealed class SlowTool(string name, ToolEffect effect = ToolEffect.Pure) : ITool
{
    private readonly TaskCompletionSource _called = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _calls;

    public ToolDefinition Definition { get; } =
        new() { Name = name, Description = $"The tool {name}.", Parameters = JsonElement.Parse("""{"type":"object"}"""), Effect = effect };

    public int Calls => _calls;

    public Task Called => _called.Task.WaitAsync(TimeSpan.FromSeconds(30));

    public void Answer() => _answer.TrySetResult();

    public async Task<ToolOutput> InvokeAsync(ToolInvocation call, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _calls);
        _called.TrySetResult();
        await _answer.Task.WaitAsync(cancellationToken);
        return new($"{name} done");
    }
}

/// <summary>The system's clock, put forward.</summary>
internal sealed class LaterTimeProvider(TimeSpan by) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + by;
}
