import type { Effect, Remote, Step } from '../core/plan.ts';
import type { Task } from '../load/playbook.ts';
import type { AnyModule } from '../modules/module.ts';
import { evaluate } from '../render/expression.ts';
import type { Scope } from '../render/scope.ts';

type Environment = Readonly<Record<string, string>>;

/** The module, with what its steps run on the host given the task's `environment`. */
export function withEnvironment(module: AnyModule, task: Task, scope: Scope): AnyModule {
  if (task.environment.length === 0) return module;
  const environment = environmentOf(task, scope);
  const plan = (...given: Parameters<AnyModule['plan']>) =>
    module.plan(...given).map((step) => within(step, environment));
  return { ...module, plan };
}

function environmentOf(task: Task, scope: Scope): Environment {
  const maps = task.environment.map(({ values, document, path }) =>
    evaluate(values, scope, (inner) => document?.locate([...path, ...inner])),
  );
  const merged = Object.assign({}, ...maps) as Readonly<Record<string, unknown>>;
  return Object.fromEntries(Object.entries(merged).map(([name, value]) => [name, String(value)]));
}

function within(step: Step, environment: Environment): Step {
  return { ...step, effect: effectWithin(step.effect, environment) };
}

function effectWithin(effect: Effect, environment: Environment): Effect {
  if (effect.kind === 'run') return { ...effect, environment: { ...environment, ...effect.environment } };
  if (effect.kind !== 'custom') return effect;
  return { ...effect, act: (remote, ...others) => effect.act(remoteWithin(remote, environment), ...others) };
}

function remoteWithin(remote: Remote, environment: Environment): Remote {
  const run: Remote['run'] = (argv, options) =>
    remote.run(argv, { ...options, environment: { ...environment, ...options?.environment } });
  return Object.assign(Object.create(remote) as Remote, { run });
}
