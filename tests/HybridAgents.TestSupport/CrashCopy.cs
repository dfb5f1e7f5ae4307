namespace HybridAgents.TestSupport;

/// <summary>Takes a data folder as it is at this moment: what a crash would leave.</summary>
public static class CrashCopy
{
    /// <summary>Copies the files of a running engine into a new folder and returns it.</summary>
    public static async Task<string> TakeAsync(string folder)
    {
        string copy = Directory.CreateTempSubdirectory("hybrid-crash-").FullName;
        // Newest segment first: the engine goes on writing, and a copy must not hold a later frame without the earlier ones.
        foreach (string file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).OrderDescending(StringComparer.Ordinal))
        {
            if (Path.GetFileName(file) == "lock")
                continue;
            string target = Path.Combine(copy, Path.GetRelativePath(folder, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            await using FileStream source = new(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            await using FileStream destination = File.Create(target);
            await source.CopyToAsync(destination);
        }

        return copy;
    }
}
