using HybridAgents.Core.Tools.Code;
using HybridAgents.Core.Tools.Files;
using HybridAgents.Core.Tools.Web;
using Microsoft.Extensions.Options;

namespace HybridAgents.Core.Tools;

/// <summary>The built-in tools that are off until configured.</summary>
internal sealed class OptionalTools : IToolSource, IDisposable
{
    private readonly List<ITool> _tools = [];

    public OptionalTools(IOptions<ToolOptions> options)
    {
        ToolOptions settings = options.Value;
        if (settings.Files.Root is { } root)
        {
            FileSandbox sandbox = new(root, settings.Files.MaxBytes);
            _tools.Add(new FileReadTool(sandbox));
            _tools.Add(new FileWriteTool(sandbox));
        }

        if (settings.HttpFetch.Enabled)
            _tools.Add(new HttpFetchTool(settings.HttpFetch));
        if (settings.WebSearch.Enabled)
            _tools.Add(new WebSearchTool(settings.WebSearch));
        if (settings.RunCode.Enabled)
            _tools.Add(new RunCodeTool(settings.RunCode, new(settings.RunCode)));
    }

    public ValueTask<IReadOnlyList<ITool>> GetAsync(string tenant, CancellationToken cancellationToken) => new(_tools);

    public void Dispose()
    {
        foreach (IDisposable tool in _tools.OfType<IDisposable>())
            tool.Dispose();
    }
}
