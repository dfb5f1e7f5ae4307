namespace HybridAgents.Durable.Tests.Conformance;

// The conformance suite on the embedded engine: the power fails after each commit group in turn.

public sealed class CrashActivityTests() : ActivityCases(CrashMode.AfterEveryGroup);

public sealed class CrashRetryTests() : RetryCases(CrashMode.AfterEveryGroup);

public sealed class CrashTimerTests() : TimerCases(CrashMode.AfterEveryGroup);

public sealed class CrashEventTests() : EventCases(CrashMode.AfterEveryGroup);

public sealed class CrashSubOrchestrationTests() : SubOrchestrationCases(CrashMode.AfterEveryGroup);

public sealed class CrashCompositionTests() : CompositionCases(CrashMode.AfterEveryGroup);

public sealed class CrashContinueAsNewTests() : ContinueAsNewCases(CrashMode.AfterEveryGroup);

public sealed class CrashSuspendTests() : SuspendCases(CrashMode.AfterEveryGroup);

public sealed class CrashCancelTests() : CancelCases(CrashMode.AfterEveryGroup);

public sealed class CrashTerminateTests() : TerminateCases(CrashMode.AfterEveryGroup);

public sealed class CrashClientTests() : ClientCases(CrashMode.AfterEveryGroup);

public sealed class CrashLifecycleTests() : LifecycleCases(CrashMode.AfterEveryGroup);

public sealed class CrashVersionTests() : VersionCases(CrashMode.AfterEveryGroup);

public sealed class CrashDeterminismTests() : DeterminismCases(CrashMode.AfterEveryGroup);
