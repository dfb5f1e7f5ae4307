using HybridAgents.Orchestrations.Chat;

namespace HybridAgents.Api.Chat;

/// <summary>What every chunk of a streamed answer says.</summary>
/// <param name="Id">The same in all.</param>
/// <param name="Created">When it was asked, UTC.</param>
/// <param name="Model">Who answers.</param>
internal sealed record ChatHead(string Id, DateTimeOffset Created, string Model)
{
    public static ChatHead Of(ChatOrigin origin) => new(origin.Id, origin.Created, origin.Model.Model);
}
