namespace HybridAgents.Core.Tools.Files;

/// <summary>The tool <c>file_write</c>. Written again, a file is the same: there is no appending.</summary>
internal sealed class FileWriteTool(FileSandbox sandbox) : ITool
{
    public ToolDefinition Definition { get; } = new()
    {
        Name = "file_write",
        Description = "Writes a text file in the shared folder, whole. The mode create, the default, leaves a file alone that is there; overwrite replaces it.",
        Effect = ToolEffect.Idempotent,
        Sequential = true,
        Parameters = ToolSchema.Parse("""
            {
              "type": "object",
              "properties": {
                "path": { "type": "string", "minLength": 1, "maxLength": 500, "description": "Relative, for example notes/today.md" },
                "content": { "type": "string" },
                "mode": { "type": "string", "enum": ["create", "overwrite"], "default": "create" }
              },
              "required": ["path", "content"],
              "additionalProperties": false
            }
            """),
    };

    public async Task<ToolOutput> InvokeAsync(ToolInvocation call, CancellationToken cancellationToken)
    {
        string path = call.Arguments.GetProperty("path").GetString()!;
        bool overwrite = call.Arguments.TryGetProperty("mode", out System.Text.Json.JsonElement mode) && mode.ValueEquals("overwrite");
        try
        {
            int bytes = await sandbox.WriteAsync(call.Tenant, path, call.Arguments.GetProperty("content").GetString()!, overwrite, call.Label, cancellationToken);
            return new($"Wrote {bytes} bytes to {path}.");
        }
        catch (Exception error) when (error is FileRefusedException or IOException or UnauthorizedAccessException)
        {
            return ToolOutput.Error(error is FileRefusedException ? error.Message : "The file could not be written.");
        }
    }
}
