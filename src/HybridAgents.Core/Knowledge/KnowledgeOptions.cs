using Microsoft.Extensions.Options;

namespace HybridAgents.Core.Knowledge;

/// <summary>Settings of the knowledge base, bound from the section <c>Knowledge</c>.</summary>
public sealed class KnowledgeOptions
{
    /// <summary>Gets or sets the folder of documents, relative to the working directory or absolute; <c>knowledge</c> by default. It need not exist.</summary>
    public string Path { get; set; } = "knowledge";
}

internal sealed class KnowledgeOptionsValidator : IValidateOptions<KnowledgeOptions>
{
    public ValidateOptionsResult Validate(string? name, KnowledgeOptions options) => string.IsNullOrWhiteSpace(options.Path)
        ? ValidateOptionsResult.Fail($"Knowledge:Path is '{options.Path}'; allowed is the path of a folder.")
        : ValidateOptionsResult.Success;
}
