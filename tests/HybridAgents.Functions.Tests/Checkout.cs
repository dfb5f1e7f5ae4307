using System.Reflection;

namespace HybridAgents.Functions.Tests;

/// <summary>The checkout that these tests were built from. Its path comes from the build: compilers may hide it from the sources, and the tests may run elsewhere.</summary>
internal static class Checkout
{
    private static readonly string Root =
        typeof(Checkout).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(static data => data.Key == "CheckoutFolder").Value!;

    public static string PathOf(params ReadOnlySpan<string> parts) => Path.Combine([Root, .. parts]);
}
