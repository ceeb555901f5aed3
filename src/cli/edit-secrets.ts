import { editableText, readEditedText, type SecretValues } from '../load/editable-secrets.ts';
import { type OpenSecrets, openSecret, withSecret } from '../load/secret-store.ts';
import type { SecretsFile } from '../load/secrets-file.ts';
import { type Asking, ask, canAsk } from './ask.ts';
import { editInMemory } from './edit-in-memory.ts';
import type { SecretsCall } from './secrets-command.ts';

/** `edit`: all secrets in the user's editor; only those that changed are encrypted anew. */
export async function editSecrets({ desk, asking }: SecretsCall): Promise<string> {
  const open = await desk.open();
  const before = await valuesOf(open);
  const editing = { environment: process.env, again: (mistakes: readonly string[]) => editAgain(mistakes, asking) };
  const after = await editInMemory(editableText(before), readEditedText as (text: string) => SecretValues, editing);
  const changes = after && changesBetween(before, after);
  if (!changes || changes.told.length === 0) return 'nothing was changed\n';
  desk.write(await withChanges(open.file, changes), open.file);
  return changes.told.map((line) => `${line}\n`).join('');
}

async function valuesOf(open: OpenSecrets): Promise<SecretValues> {
  const values = new Map<string, string>();
  for (const name of open.file.secrets.keys()) values.set(name, await openSecret(open, name));
  return values;
}

interface Changes {
  readonly set: SecretValues;
  readonly gone: ReadonlySet<string>;
  readonly told: readonly string[];
}

function changesBetween(before: SecretValues, after: SecretValues): Changes {
  const set = new Map([...after].filter(([name, value]) => before.get(name) !== value));
  const gone = new Set([...before.keys()].filter((name) => !after.has(name)));
  const told = [
    ...[...set.keys()].map((name) => `${before.has(name) ? 'replaced' : 'added'} ${name}`),
    ...[...gone].map((name) => `removed ${name}`),
  ];
  return { set, gone, told };
}

async function withChanges(file: SecretsFile, { set, gone }: Changes): Promise<SecretsFile> {
  let changed: SecretsFile = { ...file, secrets: new Map([...file.secrets].filter(([name]) => !gone.has(name))) };
  for (const [name, value] of set) changed = await withSecret(changed, name, value);
  return changed;
}

async function editAgain(mistakes: readonly string[], asking: Asking): Promise<boolean> {
  asking.output.write(mistakes.map((mistake) => `${mistake}\n`).join(''));
  return canAsk(asking) && !/^n/i.test(await ask('edit again? [Y/n] ', asking));
}
