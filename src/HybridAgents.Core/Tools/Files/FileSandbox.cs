using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using HybridAgents.Core.Privacy;

namespace HybridAgents.Core.Tools.Files;

/// <summary>A path or file that the sandbox refuses. The message is for the model.</summary>
internal sealed class FileRefusedException(string message) : Exception(message);

/// <summary>A folder of text files that tools may use, and nothing outside of it.</summary>
/// <remarks>
/// Paths are relative, with <c>/</c>, of segments that do not begin with a dot, so neither <c>..</c> nor hidden files can be named. No part of a path may be a symbolic link; on Linux
/// the opened file is asked for its real path too, so a link that appears in between gains nothing. A file that was written under a raised privacy label is read under it.
/// The default tenant has the folder itself, others a hidden one in it.
/// </remarks>
internal sealed partial class FileSandbox
{
    private const int MaxPath = 500;
    private const string DefaultTenant = "default";
    private const string LabelFolder = ".labels";

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly string _root;
    private readonly int _maxBytes;

    public FileSandbox(string root, int maxBytes)
    {
        Directory.CreateDirectory(root);
        DirectoryInfo folder = new(Path.TrimEndingDirectorySeparator(Path.GetFullPath(root)));
        _root = RealPath(folder.FullName);
        _maxBytes = maxBytes;
    }

    /// <summary>Reads a text file.</summary>
    /// <exception cref="FileRefusedException">The path leads outside, there is no such file, or it is too large or no UTF-8 text.</exception>
    public async Task<(string Text, PrivacyLabel Label)> ReadAsync(string tenant, string path, CancellationToken cancellationToken)
    {
        string full = Resolve(tenant, path);
        try
        {
            await using FileStream file = new(full, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            CheckReal(file, full, path);
            if (file.Length > _maxBytes)
                throw new FileRefusedException($"The file has {file.Length} bytes; allowed are {_maxBytes}.");
            byte[] bytes = new byte[_maxBytes + 1];
            int read = await file.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken);
            if (read > _maxBytes)
                throw new FileRefusedException($"The file has more than {_maxBytes} bytes, which is what is allowed.");
            return (Utf8.GetString(bytes, 0, read), await LabelOfAsync(tenant, path, cancellationToken));
        }
        catch (DecoderFallbackException)
        {
            throw new FileRefusedException("The file is not UTF-8 text.");
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException)
        {
            throw new FileRefusedException($"There is no readable file '{path}'.");
        }
    }

    /// <summary>Writes a text file whole or not at all. With <paramref name="overwrite"/> false, a file with another content is not touched.</summary>
    /// <returns>The bytes written.</returns>
    /// <exception cref="FileRefusedException">The path leads outside, the text is too large, or the file is there.</exception>
    public async Task<int> WriteAsync(string tenant, string path, string text, bool overwrite, PrivacyLabel label, CancellationToken cancellationToken)
    {
        string full = Resolve(tenant, path);
        byte[] bytes = new UTF8Encoding(false).GetBytes(text);
        if (bytes.Length > _maxBytes)
            throw new FileRefusedException($"The text has {bytes.Length} bytes; allowed are {_maxBytes}.");
        if (Directory.Exists(full))
            throw new FileRefusedException($"'{path}' is a folder.");
        if (!overwrite && File.Exists(full) && (await ReadAsync(tenant, path, cancellationToken)).Text != text)
            throw new FileRefusedException($"The file '{path}' is there already; the mode overwrite replaces it.");
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        _ = Resolve(tenant, path); // The folders are there now: none of them may be a link.
        if (label > PrivacyLabel.Standard)
            await KeepLabelAsync(tenant, path, label, cancellationToken);
        string partial = Path.Combine(Path.GetDirectoryName(full)!, $".{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}.partial");
        try
        {
            await using (FileStream file = new(partial, FileMode.CreateNew, FileAccess.Write, FileShare.None))
            {
                CheckReal(file, partial, path);
                await file.WriteAsync(bytes, cancellationToken);
            }

            File.Move(partial, full, overwrite: true);
        }
        finally
        {
            File.Delete(partial);
        }

        return bytes.Length;
    }

    private string TenantRoot(string tenant) => tenant == DefaultTenant ? _root
        : TenantPattern().IsMatch(tenant) ? Path.Combine(_root, ".tenants", tenant)
        : throw new FileRefusedException("This tenant has no files.");

    private string Resolve(string tenant, string path)
    {
        if (path.Length is 0 or > MaxPath || !PathPattern().IsMatch(path))
            throw new FileRefusedException($"The path is not allowed; allowed are relative paths of at most {MaxPath} characters whose parts are separated by / and begin with a letter, digit, _ or - and do not end with a dot or space.");
        string root = TenantRoot(tenant);
        string full = Path.Combine(root, path);
        for (string part = full; part.Length > root.Length; part = Path.GetDirectoryName(part)!)
        {
            if (new FileInfo(part).LinkTarget is not null)
                throw new FileRefusedException($"'{path}' leads over a symbolic link, which is not allowed.");
        }

        return full;
    }

    /// <summary>What was opened must be what was named.</summary>
    private static void CheckReal(FileStream file, string full, string path)
    {
        if (OperatingSystem.IsLinux() && new FileInfo($"/proc/self/fd/{file.SafeFileHandle.DangerousGetHandle()}").LinkTarget is { } real && real != full)
            throw new FileRefusedException($"'{path}' leads over a symbolic link, which is not allowed.");
    }

    private static string RealPath(string folder)
    {
        if (Directory.ResolveLinkTarget(folder, returnFinalTarget: true) is { } target)
            folder = target.FullName;
        return Path.GetDirectoryName(folder) is { } parent ? Path.Combine(RealPath(parent), Path.GetFileName(folder)) : folder;
    }

    private string LabelPath(string tenant, string path) =>
        Path.Combine(TenantRoot(tenant), LabelFolder, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(path.ToUpperInvariant())).AsSpan(0, 16))); // Where case does not matter, one file has one label.

    private async Task KeepLabelAsync(string tenant, string path, PrivacyLabel label, CancellationToken cancellationToken)
    {
        string file = LabelPath(tenant, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        await File.WriteAllTextAsync(file, label.RaisedTo(await LabelOfAsync(tenant, path, cancellationToken)).ToString(), cancellationToken);
    }

    private async Task<PrivacyLabel> LabelOfAsync(string tenant, string path, CancellationToken cancellationToken)
    {
        string file = LabelPath(tenant, path);
        return !File.Exists(file) ? PrivacyLabel.Standard
            : Enum.TryParse(await File.ReadAllTextAsync(file, cancellationToken), out PrivacyLabel label) ? label : PrivacyLabel.LocalOnly;
    }

    [GeneratedRegex(@"^[\p{L}\p{N}_-][^/\\\x00-\x1f:]*(?<![. ])(/[\p{L}\p{N}_-][^/\\\x00-\x1f:]*(?<![. ]))*\z", RegexOptions.CultureInvariant)]
    private static partial Regex PathPattern();

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}\z", RegexOptions.CultureInvariant)]
    private static partial Regex TenantPattern();
}
