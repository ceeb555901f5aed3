import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Problems } from '../core/diagnostic.ts';
import type { Located } from '../core/source.ts';
import { parseYaml } from './yaml.ts';

/** Long enough for a slow interface of a cloud, short enough to notice one that hangs. */
const seconds = 60;
const mostBytes = 256 * 1024 * 1024;

type Values = Readonly<Record<string, unknown>>;

/**
 * What an inventory program prints for `--list`, or what the default export of a JavaScript module gives, in a process of
 * its own. What it says is data: a `<%` in it is no expression, for it may come from somebody else.
 */
export function runProgram(
  file: string,
  { isModule }: { readonly isModule: boolean },
  problems: Problems,
): Located | undefined {
  const listing = isModule ? call(file, moduleCall(file), problems) : call(file, programCall(file, '--list'), problems);
  if (!listing) return undefined;
  const complete = isModule || '_meta' in listing ? listing : withHostVariables(file, listing, problems);
  const text = JSON.stringify(withoutExpressions(complete), undefined, 2);
  return parseYaml({ name: isModule ? file : `${file} --list`, text }, problems);
}

interface Call {
  readonly command: string;
  readonly argv: readonly string[];
}

function programCall(file: string, ...argv: readonly string[]): Call {
  return { command: resolve(file), argv };
}

/** An empty object stands for no hosts, as Ansible has it; what a module logs goes to standard error. */
function moduleCall(file: string): Call {
  const script = `console.log = console.info = console.error;
const { default: given } = await import(process.argv[1]);
if (given === undefined) throw new Error('it has no default export');
const value = await (typeof given === 'function' ? given() : given);
process.stdout.write(JSON.stringify(value ?? null));`;
  return {
    command: process.execPath,
    argv: ['--input-type=module', '-e', script, pathToFileURL(resolve(file)).href],
  };
}

/** The older way: each host is asked for by itself. */
function withHostVariables(file: string, listing: Values, problems: Problems): Values {
  const hosts = new Set(Object.values(listing).flatMap(hostsOfGroup));
  const hostvars = [...hosts].map((host) => [host, call(file, programCall(file, '--host', host), problems) ?? {}]);
  return { ...listing, _meta: { hostvars: Object.fromEntries(hostvars) } };
}

function hostsOfGroup(body: unknown): readonly string[] {
  const hosts = isMap(body) ? body.hosts : body;
  return Array.isArray(hosts) ? hosts.map(String) : isMap(hosts) ? Object.keys(hosts) : [];
}

/** `undefined` where it failed, which is told. */
function call(file: string, { command, argv }: Call, problems: Problems): Values | undefined {
  const { error, status, signal, stdout, stderr } = spawnSync(command, argv, {
    encoding: 'utf8',
    timeout: seconds * 1000,
    maxBuffer: mostBytes,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const fail = (why: string): undefined => {
    const help =
      'it prints one JSON object of groups, as the dynamic inventories of Ansible do, and ends with status 0';
    const transcript = (stderr ?? '').trim();
    problems.add('PV2025', `the inventory \`${file}\` ${why}`, { help, ...(transcript && { transcript }) });
  };
  if ((error as NodeJS.ErrnoException | undefined)?.code === 'ETIMEDOUT') return fail(`gave no answer in ${seconds} s`);
  if (error) return fail(`cannot be started: ${error.message}`);
  if (status !== 0) return fail(signal ? `was ended by ${signal}` : `ended with status ${status}`);
  try {
    const value: unknown = JSON.parse(stdout);
    return isMap(value) ? value : fail('prints no map of groups');
  } catch {
    return fail(stdout.trim() === '' ? 'prints nothing' : 'prints something that is no JSON');
  }
}

function withoutExpressions(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll('<%', '<%%');
  if (Array.isArray(value)) return value.map(withoutExpressions);
  if (!isMap(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withoutExpressions(item)]));
}

function isMap(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
