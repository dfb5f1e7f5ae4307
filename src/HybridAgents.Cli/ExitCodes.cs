using System.Net;
using HybridAgents.Core.Runs;

namespace HybridAgents.Cli;

/// <summary>What the process ends with; scripts rely on these numbers.</summary>
internal static class ExitCodes
{
    public const int Ok = 0;

    /// <summary>The run failed, was cancelled or needs an answer; or anything without a number of its own went wrong.</summary>
    public const int Failure = 1;

    /// <summary>The command line, or the request it makes, is wrong.</summary>
    public const int Usage = 2;

    /// <summary>The server wants another key.</summary>
    public const int Authentication = 3;

    public const int NotFound = 4;

    /// <summary>The server or a model provider cannot be reached or does not answer.</summary>
    public const int Unavailable = 5;

    public const int RateLimited = 6;

    /// <summary>Stopped at once by a second Ctrl+C.</summary>
    public const int Interrupted = 130;

    /// <summary>The number for an answer that is an error.</summary>
    public static int Of(HttpStatusCode status) => status switch
    {
        HttpStatusCode.BadRequest or HttpStatusCode.RequestEntityTooLarge => Usage,
        HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => Authentication,
        HttpStatusCode.NotFound => NotFound,
        HttpStatusCode.TooManyRequests => RateLimited,
        HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout => Unavailable,
        _ => Failure,
    };

    /// <summary>The number for the code of a failed run.</summary>
    public static int OfRunError(string? code) => code switch
    {
        RunErrorCodes.ProviderError or RunErrorCodes.ProviderTimeout or RunErrorCodes.Unavailable => Unavailable,
        _ => Failure,
    };
}
