import { stringify } from 'yaml';
import { codes } from '../core/codes.ts';
import { Problems, ProvisionError } from '../core/diagnostic.ts';
import { positionOf, type Span } from '../core/source.ts';
import { canNameSecret } from './secret-name.ts';
import { parseYaml } from './yaml.ts';

/** The values of secrets by their names. */
export type SecretValues = ReadonlyMap<string, string>;

/** What is shorter cannot be hidden. */
export const shortestSecret = 3;

const header = `# name: value. What is deleted here is deleted from the secrets; comments are not kept.
# Nothing of this is written to a disk in the clear.
`;

/** Secrets as a person edits them. */
export function editableText(values: SecretValues): string {
  return header + (values.size === 0 ? '' : stringify(Object.fromEntries(values), { lineWidth: 0 }));
}

/** What a person made of them; else, for each mistake, its line and what it is, without showing any of the text. */
export function readEditedText(text: string): SecretValues | readonly string[] {
  const problems = new Problems();
  const document = parseYaml({ name: 'secrets', text }, problems);
  const broken = mistakesIn(problems);
  if (broken.length > 0 || !document) return broken;
  const values = document.value ?? {};
  if (typeof values !== 'object' || Array.isArray(values)) return ['line 1: secrets are a map: `name: value`'];
  const wrong = Object.entries(values).flatMap(([name, value]) => {
    const mistake = mistakeOf(name, value);
    return mistake === undefined ? [] : [`${lineOf(document.locate([name], 'key'))}: ${mistake}`];
  });
  return wrong.length > 0 ? wrong : new Map(Object.entries(values as Record<string, string>));
}

function mistakesIn(problems: Problems): readonly string[] {
  try {
    problems.throwIfAny();
    return [];
  } catch (error) {
    if (!(error instanceof ProvisionError)) throw error;
    return error.diagnostics.map(({ code, at }) => `${at ? `${lineOf(at)}: ` : ''}${codes[code].title}`);
  }
}

function mistakeOf(name: string, value: unknown): string | undefined {
  if (!canNameSecret(name)) return 'a name is made of letters, digits, `.`, `-` and `_`';
  if (typeof value !== 'string') return 'a secret is a text: put it in quotes';
  return value.length < shortestSecret
    ? `a secret shorter than ${shortestSecret} characters cannot be hidden`
    : undefined;
}

function lineOf({ source, start }: Span): string {
  return `line ${positionOf(source, start).line}`;
}
