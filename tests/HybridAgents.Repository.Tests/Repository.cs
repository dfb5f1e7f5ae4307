namespace HybridAgents.Repository.Tests;

/// <summary>The checkout that these tests were built from.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    public static string PathOf(params string[] parts) => Path.Combine([Root, .. parts]);

    /// <summary>Files below the given folders, without what builds and package managers leave there.</summary>
    public static IEnumerable<string> Files(string pattern, params string[] folders) =>
        (folders.Length == 0 ? [Root] : folders.Select(folder => PathOf(folder)))
            .SelectMany(folder => Directory.EnumerateFiles(folder, pattern, SearchOption.AllDirectories))
            .Where(file => !Path.GetRelativePath(Root, file).Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj" or "node_modules" or "artifacts" or ".git"));

    private static string FindRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "HybridAgents.slnf")))
            folder = folder.Parent;
        return folder.ShouldNotBeNull("The tests run within the repository.").FullName;
    }
}
