import { problem } from '../core/diagnostic.ts';
import type { Look, Step } from '../core/plan.ts';
import type { Secrets } from '../core/secret.ts';
import type { AnyModule } from '../modules/module.ts';

/**
 * The same module, refused where a secret would become an argument of a process: everybody on a host can read those of
 * all processes. Standard input and environment are read by nobody else.
 */
export function discreet(module: AnyModule, secrets: Secrets): AnyModule {
  if (!secrets.any) return module;
  return {
    ...module,
    read: (args, look) => module.read(args, discreetLook(look, secrets)),
    plan: (args, state) => {
      const steps: readonly Step[] = module.plan(args, state);
      for (const { effect } of steps) if (effect.kind === 'run') refuseExposure(effect.argv, secrets);
      for (const { effect } of steps) if (effect.kind === 'write') refuseExposure(effect.validate ?? [], secrets);
      return steps;
    },
  };
}

function discreetLook(look: Look, secrets: Secrets): Look {
  return {
    ...look,
    query: async (argv, options) => {
      refuseExposure(argv, secrets);
      return look.query(argv, options);
    },
  };
}

function refuseExposure(argv: readonly string[], secrets: Secrets): void {
  const at = argv.findIndex((word) => secrets.isExposedBy(word));
  if (at < 0) return;
  throw problem('PV5028', `word ${at + 1} of \`${argv[0]}\` holds a secret, which everybody on the host could see`, {
    help: 'give it by `stdin`, `environment` or `script`; a path or name that is no secret: env(NAME, { secret: false })',
  });
}
