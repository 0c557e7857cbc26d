/** The public API: re-exports and nothing else. */

export type { Code } from './base/codes.ts';
export type { Diagnostic, DiagnosticJson, Label, PlaceJson, Severity } from './base/diagnostic.ts';
export type { LimitName, Limits } from './base/limits.ts';
export type { ModuleSource } from './engine/admission.ts';
export {
  type AuditDetail,
  type AuditEvent,
  type AuditFailures,
  type AuditKind,
  type AuditSink,
  firstBrokenEvent,
} from './engine/audit.ts';
export {
  AsyncNeededError,
  type ErrorJson,
  LimitError,
  LoadError,
  MillraceError,
  RunError,
  type TrailEntry,
  UsageError,
} from './engine/errors.ts';
export type { Resolve, Resolved } from './engine/graph.ts';
export { createHost, type Host } from './engine/host.ts';
export {
  type ExportReport,
  type GraphReport,
  type ImportReport,
  type ModuleReport,
  type Permission,
  type PermissionChanges,
  permissionChanges,
  permissionsOf,
} from './engine/inspect.ts';
export { parse, stringify } from './engine/json.ts';
export type { LoadedModule } from './engine/loaded-module.ts';
export { type Lock, type LockedModule, lockOf } from './engine/lock.ts';
export { MemoryStore, type SharedSnapshot } from './engine/memory-store.ts';
export type {
  GrantTable,
  HostOptions,
  InputMode,
  InternalOptions,
  LoadOptions,
  NumberMode,
  RunCallOptions,
} from './engine/options.ts';
export type { StartedRun } from './engine/started-run.ts';
export { createTracer, type Tracer } from './engine/trace.ts';
export type { HostCall, NamedValue, TraceEvent, TraceOptions } from './engine/trace-events.ts';
export { type Explanation, renderExplanation } from './engine/trace-explanation.ts';
export type { NameProvenance, ProvenanceStep } from './engine/trace-provenance.ts';
export { renderReport, type TraceReport } from './engine/trace-report.ts';
export type { Usage, UsageSink } from './engine/usage.ts';
export type { ExportInfo, ImportInfo } from './engine/version.ts';
export {
  type CallContext,
  type Capability,
  capability,
  type HostEffect,
  type MemberDefinition,
  type MemberInput,
  type Revocable,
} from './link/capability.ts';
export type { CallLimits } from './link/combinator-limit.ts';
export type { CallPredicate, CallSink, GuardedCall } from './link/combinators.ts';
export type { ContractInput, StandardIssue, StandardResult, StandardSchema } from './link/contract.ts';
export { type SharedCapability, type SharedMode, type SharedStore, sharedState } from './link/shared-store.ts';
export { Decimal } from './value/decimal.ts';
export { GuestError } from './vm/host-errors.ts';
