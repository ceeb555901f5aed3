import { statSync } from 'node:fs';
import { join } from 'node:path';
import { type Diagnostic, Problems, ProvisionError } from '../core/diagnostic.ts';
import type { Located, Path, SourceText } from '../core/source.ts';
import { checkValue, type Wording } from '../schema/check.ts';
import { args, Type } from '../schema/schema.ts';
import { readSource } from './read-source.ts';
import { parseYaml } from './yaml.ts';

/** `secrets.age.yml`: who can open it stands in the clear, and which secrets there are. */
export interface SecretsFile {
  /** Names of people or machines, and their public keys. */
  readonly recipients: ReadonlyMap<string, string>;
  /** The key of the file: whoever opens it can open every secret. */
  readonly key: { readonly recipient: string; readonly identity: string };
  /** Each an armored age file to the key of the file. */
  readonly secrets: ReadonlyMap<string, string>;
}

export interface LocatedSecretsFile extends SecretsFile {
  readonly path: string;
  /** As it was read. */
  readonly text: string;
  readonly document: Located;
}

const secretsFileName = 'secrets.age.yml';

export function secretsPath(inventoryFolder: string): string {
  return join(inventoryFolder, secretsFileName);
}

const armored = Type.String({
  pattern: '^\\s*-----BEGIN AGE ENCRYPTED FILE-----\\s[\\s\\S]*-----END AGE ENCRYPTED FILE-----\\s*$',
  secret: true,
  description: 'an age file in letters',
});
const publicKey = Type.String({ pattern: '^age1[a-z0-9]+$', description: 'a public key of age: age1...' });
const name = '^[A-Za-z0-9_][\\w.@-]*$';

const schema = args({
  recipients: Type.Record(Type.String({ pattern: name }), publicKey, { description: 'who can open the file' }),
  key: args({ recipient: publicKey, identity: armored }),
  secrets: Type.Record(Type.String({ pattern: name }), armored, { description: 'each encrypted to the key' }),
});

const wording: Wording = {
  owner: secretsFileName,
  noun: 'part',
  codes: { unknown: 'PV2202', missing: 'PV2202', type: 'PV2202', value: 'PV2202' },
  help: '`provision secrets` writes this file; after a merge that went wrong, take one side whole',
};

/** The secrets beside an inventory; `undefined` where there are none, or where `problems` say what is wrong. */
export function readSecretsFile(path: string, problems: Problems): LocatedSecretsFile | undefined {
  if (!statSync(path, { throwIfNoEntry: false })) return undefined;
  const source = readSource(path, problems);
  if (!source) return undefined;
  const { document, wrong } = parse(source);
  for (const { code, message, at, ...details } of wrong) {
    problems.add(code, message, { ...details, ...(at && { at: { ...at, source: withoutValues(source) } }) });
  }
  if (!document || wrong.length > 0) return undefined;
  const { recipients, key, secrets } = document.value as {
    readonly recipients: Readonly<Record<string, string>>;
    readonly key: SecretsFile['key'];
    readonly secrets: Readonly<Record<string, string>>;
  };
  return {
    ...{ path, text: document.source.text, document, key },
    recipients: new Map(Object.entries(recipients)),
    secrets: new Map(Object.entries(secrets)),
  };
}

function parse(source: SourceText): { readonly document?: Located; readonly wrong: readonly Diagnostic[] } {
  const problems = new Problems();
  const document = parseYaml(source, problems);
  const locate = (at: Path, part?: 'key' | 'value') => document?.locate(at, part);
  const wrong = document ? checkValue(schema, document.value ?? {}, { locate, wording }) : [];
  for (const { code, message, ...details } of wrong) problems.add(code, message, details);
  try {
    problems.throwIfAny();
  } catch (error) {
    if (error instanceof ProvisionError) return { wrong: error.diagnostics };
    throw error;
  }
  return { ...(document && { document }), wrong: [] };
}

/** Somebody may have written a secret into it in the clear: then that is not shown around the mistake. */
function withoutValues({ name, text }: SourceText): SourceText {
  const start = /^secrets:/m.exec(text)?.index ?? text.length;
  const hidden = text.slice(start).replace(/^(\s+)(?![\w.-]+:)(\S.*)$|^(\s+[\w.-]+:)(.*)$/gm, (_line, ...parts) => {
    const [indent, rest, key, value] = parts as (string | undefined)[];
    return `${indent ?? key ?? ''}${(rest ?? value ?? '').replace(/\S/g, '*')}`;
  });
  return { name, text: text.slice(0, start) + hidden };
}

const header = `# Secrets of this inventory, encrypted with age (https://age-encryption.org). Do not edit by hand:
# provision secrets show | set NAME | edit | add-recipient NAME age1... | remove-recipient NAME | rotate
`;

/** In the order of the names, so that two people who add secrets seldom touch the same lines. */
export function secretsFileText({ recipients, key, secrets }: SecretsFile): string {
  const sorted = (map: ReadonlyMap<string, string>) => [...map].sort(([a], [b]) => (a < b ? -1 : 1));
  return [
    header,
    ...['recipients:\n', ...sorted(recipients).map(([name, recipient]) => `  ${name}: ${recipient}\n`)],
    `key:\n  recipient: ${key.recipient}\n  identity: |\n${indented(key.identity, 4)}`,
    ...(secrets.size === 0 ? ['secrets: {}\n'] : ['secrets:\n']),
    ...sorted(secrets).map(([name, file]) => `  ${name}: |\n${indented(file, 4)}`),
  ].join('');
}

function indented(text: string, blanks: number): string {
  return `${text.trimEnd()}\n`.replace(/^(?=.)/gm, ' '.repeat(blanks));
}
