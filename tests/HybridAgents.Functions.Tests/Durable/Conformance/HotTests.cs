namespace HybridAgents.Functions.Tests.Durable.Conformance;

// The conformance suite through the Azure adapters, with extended sessions.

public sealed class HotActivityTests() : ActivityCases(AdapterMode.Hot);

public sealed class HotRetryTests() : RetryCases(AdapterMode.Hot);

public sealed class HotTimerTests() : TimerCases(AdapterMode.Hot);

public sealed class HotEventTests() : EventCases(AdapterMode.Hot);

public sealed class HotSubOrchestrationTests() : SubOrchestrationCases(AdapterMode.Hot);

public sealed class HotCompositionTests() : CompositionCases(AdapterMode.Hot);

public sealed class HotContinueAsNewTests() : ContinueAsNewCases(AdapterMode.Hot);

public sealed class HotSuspendTests() : SuspendCases(AdapterMode.Hot);

public sealed class HotCancelTests() : CancelCases(AdapterMode.Hot);

public sealed class HotTerminateTests() : TerminateCases(AdapterMode.Hot);

public sealed class HotClientTests() : ClientCases(AdapterMode.Hot);

public sealed class HotLifecycleTests() : LifecycleCases(AdapterMode.Hot);

public sealed class HotVersionTests() : VersionCases(AdapterMode.Hot);

public sealed class HotDeterminismTests() : DeterminismCases(AdapterMode.Hot);
