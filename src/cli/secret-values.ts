import { text } from 'node:stream/consumers';
import { problem } from '../core/diagnostic.ts';
import { didYouMean } from '../core/suggest.ts';
import { shortestSecret } from '../load/editable-secrets.ts';
import { canNameSecret } from '../load/secret-name.ts';
import { openSecret, withSecret } from '../load/secret-store.ts';
import { type Asking, ask, canAsk } from './ask.ts';
import type { SecretsCall } from './secrets-command.ts';

/** `show [NAME]`: one secret in the clear, and nothing else; without a name, what there is. */
export async function showSecrets({ desk, words: [name] }: SecretsCall): Promise<string> {
  if (name === undefined) return listing(desk.read());
  const { secrets } = desk.read();
  if (!secrets.has(name)) throw missing(name, desk.path, secrets.keys());
  const value = await openSecret(await desk.open(), name);
  return value.endsWith('\n') ? value : `${value}\n`;
}

function listing({ path, recipients, secrets }: ReturnType<SecretsCall['desk']['read']>): string {
  const people = [...recipients].map(([name, recipient]) => `  ${name}: ${recipient}\n`);
  const names = [...secrets.keys()].map((name) => `  ${name}\n`);
  return `${path}\nrecipients:\n${people.join('')}secrets:\n${names.join('') || '  none yet\n'}`;
}

function missing(name: string, path: string, known: Iterable<string>): Error {
  const help = didYouMean(name, known) ?? `provision secrets set ${name}`;
  return problem('PV2201', `there is no secret \`${name}\` in ${path}`, { help });
}

/** `set NAME`: from a prompt, or all of standard input but its last line break. */
export async function setSecret({ desk, words: [name = ''], asking }: SecretsCall): Promise<string> {
  if (!canNameSecret(name)) {
    throw problem('PV1007', 'this cannot be the name of a secret', {
      help: 'letters, digits, `.`, `-` and `_`; the secret itself is asked for, or read from standard input',
    });
  }
  const before = desk.read();
  const value = await newValue(name, asking);
  if (value.length < shortestSecret) {
    throw problem('PV2207', `a secret shorter than ${shortestSecret} characters cannot be hidden`, {
      help: 'take a longer one',
    });
  }
  desk.write(await withSecret(before, name, value), before);
  return `${before.secrets.has(name) ? 'replaced' : 'added'} ${name} in ${desk.path}\n`;
}

async function newValue(name: string, asking: Asking): Promise<string> {
  if (!canAsk(asking)) return (await text(asking.input)).replace(/\r?\n$/, '');
  for (;;) {
    const value = await ask(`${name}: `, asking, true);
    if (value === (await ask('once more: ', asking, true))) return value;
    asking.output.write('these were two different texts\n');
  }
}
