/**
 * What programs may rely on: run playbooks and follow their events, and write modules. Everything else is inside.
 * @packageDocumentation
 */
export type { Code } from './core/codes.ts';
export { type Diagnostic, Problems, ProvisionError, problem } from './core/diagnostic.ts';
export type { Difference, Emit, Reporter, RunEvent, StepSummary, TaskPlace } from './core/event.ts';
export type { Status, Tally } from './core/outcome.ts';
export type { Effect, Look, Output, Progress, QueryOptions, Stat, Step } from './core/plan.ts';
export { Secrets } from './core/secret.ts';
export type { Located, Path, Position, SourceText, Span } from './core/source.ts';
export type { RunRequest } from './engine/request.ts';
export { run } from './engine/run.ts';
export { type Host, type Inventory, loadInventory } from './load/inventory.ts';
export { loadPlaybook, type Playbook } from './load/playbook.ts';
export { parseExtraVars, type VariableLayer } from './load/variables.ts';
export { type AnyModule, defineModule, type Module } from './modules/module.ts';
export { findModule, modules } from './modules/registry.ts';
export { type ArgsSchema, args, type Infer, Type } from './schema/schema.ts';
export { KnownHosts } from './transport/known-hosts.ts';
