namespace HybridAgents.Orchestrations.Webhooks;

/// <summary>Settings of webhooks, bound from the section <c>Webhooks</c>.</summary>
public sealed class WebhookOptions
{
    /// <summary>Gets or sets what messages are signed with: <c>whsec_</c> and base 64, or any other text of 16 characters and more; null (the default) sends unsigned.</summary>
    public string? Secret { get; set; }

    /// <summary>Gets or sets whether webhooks may go to private, loopback and link-local addresses; false by default.</summary>
    public bool AllowPrivate { get; set; }
}
