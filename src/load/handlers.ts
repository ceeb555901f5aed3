import type { Problems } from '../core/diagnostic.ts';
import type { Span } from '../core/source.ts';
import { didYouMean } from '../core/suggest.ts';
import type { Statement, Task } from './playbook.ts';
import { placeOfName } from './written.ts';

/** Every `notify` must find a handler of its play, and no name may mean two of them. */
export function checkHandlers(statements: readonly Statement[], handlers: readonly Task[], problems: Problems): void {
  const byName = new Map<string, Task>();
  for (const handler of handlers) {
    const twin = byName.get(handler.name);
    if (twin) reportTwin(handler, twin, problems);
    byName.set(handler.name, handler);
  }
  const known = new Set([...byName.keys(), ...handlers.flatMap((handler) => handler.listen)]);
  for (const statement of [...statements, ...handlers]) {
    // What a block around it says is told there.
    const own = statement.notify.filter((name) => !statement.within?.notify.includes(name));
    own.forEach((name, index) => {
      if (!known.has(name)) reportUnknown({ name, index }, statement, { known, problems });
    });
  }
  for (const handler of handlers) if (leadsBackTo(handler, handlers)) reportCircle(handler, problems);
}

/** Warns of handlers that nothing notifies. */
export function warnOfIdle(handlers: readonly Task[], notifying: readonly Statement[], problems: Problems): void {
  const notified = new Set(notifying.flatMap(({ notify }) => notify));
  for (const handler of handlers) {
    if ([handler.name, ...handler.listen].some((name) => notified.has(name))) continue;
    const help = 'let a task `notify` it, or take it out';
    problems.warn('PV1117', `nothing notifies the handler \`${handler.name}\``, { at: placeOfName(handler), help });
  }
}

/** Whether what a handler notifies, directly or through others, comes back to it. */
function leadsBackTo(start: Task, handlers: readonly Task[]): boolean {
  const reached = new Set<Task>();
  const waiting = [start];
  for (let handler = waiting.pop(); handler; handler = waiting.pop()) {
    const names = new Set(handler.notify);
    const next = handlers.filter(({ name, listen }) => [name, ...listen].some((each) => names.has(each)));
    if (next.includes(start)) return true;
    waiting.push(...next.filter((each) => !reached.has(each)));
    for (const each of next) reached.add(each);
  }
  return false;
}

function reportCircle(handler: Task, problems: Problems): void {
  problems.add('PV1109', `the handler \`${handler.name}\` notifies itself, directly or through others`, {
    at: placeOfNotify(handler, 0),
    help: 'take one `notify` of the circle out',
  });
}

function reportTwin(handler: Task, twin: Task, problems: Problems): void {
  problems.add('PV1108', `two handlers are named \`${handler.name}\``, {
    at: placeOfName(handler),
    related: [{ at: placeOfName(twin), message: 'the first one' }],
    help: 'give each its own name; `listen` lets several answer to one',
  });
}

function reportUnknown(
  { name, index }: { name: string; index: number },
  statement: Statement,
  { known, problems }: { known: ReadonlySet<string>; problems: Problems },
): void {
  const label = didYouMean(name, known);
  const names = [...known].map((handler) => `\`${handler}\``).join(', ');
  problems.add('PV1107', `this play has no handler \`${name}\``, {
    at: placeOfNotify(statement, index),
    ...(label && { label }),
    help: names ? `its handlers are ${names}` : 'write it below `handlers:` of the play',
  });
}

/** `notify` is one name or a list of them. */
function placeOfNotify({ document, path }: Statement, index: number): Span {
  const item = document.locate([...path, 'notify', index]);
  const key = document.locate([...path, 'notify'], 'key');
  return item.start === key.start ? document.locate([...path, 'notify']) : item;
}
