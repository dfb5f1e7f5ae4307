using System.Globalization;
using System.Text;
using HybridAgents.Core.Runs;
using HybridAgents.Core.Tools;

namespace HybridAgents.Orchestrations.SubRuns;

/// <summary>Work that a run hands to others: one sub-run a branch, side by side.</summary>
/// <param name="Branches">The branches, in order; at least one.</param>
/// <param name="Plain">Whether the only branch's answer stands for itself, without a heading.</param>
internal sealed record Delegation(IReadOnlyList<Branch> Branches, bool Plain = false)
{
    /// <summary>Gets how many branches run at once; null for all.</summary>
    public int? MaxConcurrency { get; init; }

    /// <summary>Gets how long a branch may take; null for as long as the run may.</summary>
    public int? TimeoutSeconds { get; init; }

    /// <summary>Gets what makes one result out of all; null for the usual way.</summary>
    public Func<IReadOnlyList<BranchEnd>, ToolOutput>? Combiner { get; init; }

    /// <summary>What the run is told when all branches have ended: every answer under its name, a failed branch with its reason. An error only if none answered.</summary>
    /// <param name="ends">How the branches ended, in their order.</param>
    public ToolOutput Combine(IReadOnlyList<BranchEnd> ends)
    {
        if (Combiner is not null)
            return Combiner(ends);
        bool failed = ends.All(end => end.Answer is null);
        if (Plain)
            return new(ends[0].Answer ?? ends[0].Failure!, failed);
        if (Branches is [{ } only])
            return new(string.Create(CultureInfo.InvariantCulture, $"[{only.Name} - {only.Role}] {ends[0].Answer ?? ends[0].Failure}"), failed);
        StringBuilder text = new();
        for (int index = 0; index < Branches.Count; index++)
        {
            if (index > 0)
                text.Append("\n\n");
            text.Append(CultureInfo.InvariantCulture, $"## {Branches[index].Name} ({Branches[index].Role})\n\n{ends[index].Answer ?? ends[index].Failure}");
        }

        return new(text.ToString(), failed);
    }
}

/// <summary>One branch.</summary>
/// <param name="Name">What it is called among its siblings; part of the path.</param>
/// <param name="Role">What it is for.</param>
/// <param name="Request">What the sub-run is asked, but for label and limits, which it inherits.</param>
internal sealed record Branch(string Name, string Role, RunRequest Request);

/// <summary>How a branch ended: with an answer, or with why there is none.</summary>
internal sealed record BranchEnd(string? Answer, string? Failure);
