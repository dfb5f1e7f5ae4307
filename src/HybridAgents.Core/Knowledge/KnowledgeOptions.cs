using Microsoft.Extensions.Options;

namespace HybridAgents.Core.Knowledge;

/// <summary>Settings of the knowledge base, bound from the section <c>Knowledge</c>.</summary>
public sealed class KnowledgeOptions
{
    /// <summary>Gets or sets the folder of documents, relative to the working directory or absolute; <c>knowledge</c> by default. It need not exist.</summary>
    public string Path { get; set; } = "knowledge";

    /// <summary>Gets or sets the model by whose vectors uploaded documents are searched beside their words, as <c>provider:model</c> or a bare name; null (the default) for words only.</summary>
    public string? EmbeddingModel { get; set; }
}

internal sealed class KnowledgeOptionsValidator : IValidateOptions<KnowledgeOptions>
{
    public ValidateOptionsResult Validate(string? name, KnowledgeOptions options)
    {
        if (string.IsNullOrWhiteSpace(options.Path))
            return ValidateOptionsResult.Fail($"Knowledge:Path is '{options.Path}'; allowed is the path of a folder.");
        return options.EmbeddingModel is { } model && (model.Length is 0 or > 200 || model.Any(char.IsWhiteSpace))
            ? ValidateOptionsResult.Fail($"Knowledge:EmbeddingModel is '{model}'; allowed is the name of a model, such as ollama:nomic-embed-text.")
            : ValidateOptionsResult.Success;
    }
}
