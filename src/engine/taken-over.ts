import type { EarlierBatch, EarlierPhase, EarlierRun } from './earlier-run.ts';

/**
 * A run that went on with another one, and what that one knew: cut short while it still walked through what had been done,
 * it has not written all of it down. Of a host in a play counts whoever knows more.
 */
export function takenOver(run: EarlierRun, before: EarlierRun): EarlierRun {
  const isOf = ({ play, hosts }: EarlierBatch, other: EarlierBatch): boolean =>
    play === other.play && hosts.join() === other.hosts.join();
  const common = before.batches.map((batch) => {
    const again = run.batches.find((own) => isOf(own, batch));
    return again ? merged(again, batch) : batch;
  });
  const own = run.batches.filter((batch) => !before.batches.some((other) => isOf(batch, other)));
  return {
    ...{ id: run.id, check: run.check, playbooks: run.playbooks, made: run.made, exit: run.exit },
    templates: new Map([...before.templates, ...run.templates]),
    facts: new Map([...before.facts, ...run.facts]),
    confirmed: new Set([...before.confirmed, ...run.confirmed]),
    batches: [...common, ...own],
  };
}

function merged(own: EarlierBatch, before: EarlierBatch): EarlierBatch {
  const handlers = own.handlers || before.handlers ? longer(own.handlers, before.handlers) : undefined;
  return {
    ...own,
    tasks: longer(own.tasks, before.tasks),
    ...(handlers && { handlers }),
    ...((own.ended || before.ended) && { ended: true }),
  };
}

type Phases = Map<string, EarlierPhase>;

function longer(own: Phases = new Map(), before: Phases = new Map()): Phases {
  const hosts = [...new Set([...before.keys(), ...own.keys()])];
  return new Map(
    hosts.flatMap((host) => {
      const [mine, its] = [own.get(host), before.get(host)];
      const phase = mine && its && mine.done.length < its.done.length ? its : (mine ?? its);
      return phase ? [[host, phase]] : [];
    }),
  );
}
