using System.CommandLine;
using System.CommandLine.Parsing;
using HybridAgents.Cli.Hosting;

namespace HybridAgents.Cli.Commands;

/// <summary>The options of every command.</summary>
internal sealed class GlobalOptions
{
    private const string ServerVariable = "HYBRID_SERVER";
    private const string TokenVariable = "HYBRID_TOKEN";
    private const string AllowedAddress = "allowed: http://HOST:PORT or https://HOST, without user, query and fragment";

    private readonly Option<string?> _server = new("--server")
    {
        Description = $"The server's address. Default: {ServerVariable}, else {ServerSettings.DefaultAddress}; without this option, run starts a host there when it is on this machine and nothing listens.",
        HelpName = "URL",
        Recursive = true,
    };

    private readonly Option<string?> _token = new("--token")
    {
        Description = $"The API key. Default: {TokenVariable}, else admin.key in the data folder, for a server on this machine.",
        HelpName = "KEY",
        Recursive = true,
    };

    private readonly Option<string> _data = new("--data")
    {
        Description = "The data folder of a server on this machine.",
        HelpName = "DIR",
        DefaultValueFactory = static _ => ServerSettings.DefaultFolder,
        Recursive = true,
    };

    private readonly Option<bool> _json = new("--json") { Description = "Print JSON for programs.", Recursive = true };

    private readonly Option<bool> _noStream = new("--no-stream") { Description = "Do not show text as it comes.", Recursive = true };

    public GlobalOptions()
    {
        _server.Validators.Add(static result => Check(result, static text => ServerSettings.ParseAddress(text) is not null, text => $"--server is '{text}'; {AllowedAddress}."));
        _token.Validators.Add(static result => Check(result, ServerSettings.IsToken, static _ => "--token is not an API key; allowed: visible ASCII characters without spaces."));
        _data.Validators.Add(static result => Check(result, static text => text.Length > 0, static _ => "--data is empty; allowed: a folder."));
    }

    public void AddTo(RootCommand root)
    {
        foreach (Option option in (Option[])[_server, _token, _data, _json, _noStream])
            root.Add(option);
    }

    /// <summary>The full path of the data folder.</summary>
    public string Data(ParseResult parsed) => Path.GetFullPath(parsed.GetRequiredValue(_data));

    public bool Json(ParseResult parsed) => parsed.GetValue(_json);

    public bool Streaming(ParseResult parsed) => !parsed.GetValue(_noStream);

    /// <summary>Which server, from the options and the environment.</summary>
    /// <exception cref="CliException">A variable is wrong.</exception>
    public ServerSettings Server(ParseResult parsed)
    {
        string? named = parsed.GetValue(_server);
        string address = named ?? Variable(ServerVariable) ?? ServerSettings.DefaultAddress;
        string? token = parsed.GetValue(_token) ?? Variable(TokenVariable);
        if (token is not null && !ServerSettings.IsToken(token))
            throw new CliException(ExitCodes.Usage, $"{TokenVariable} is not an API key; allowed: visible ASCII characters without spaces.");
        return new(
            ServerSettings.ParseAddress(address) ?? throw new CliException(ExitCodes.Usage, $"{ServerVariable} is '{address}'; {AllowedAddress}."),
            named is not null,
            token,
            Path.GetFullPath(parsed.GetRequiredValue(_data)));
    }

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    private static void Check(OptionResult result, Func<string, bool> allowed, Func<string, string> complaint)
    {
        if (result.Tokens is [{ Value: var text }] && !allowed(text))
            result.AddError(complaint(text));
    }
}
