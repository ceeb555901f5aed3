import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { loadProject } from '../../src/cli/load-project.ts';
import { ProvisionError } from '../../src/core/diagnostic.ts';
import { diagnosticsText, mistakesText } from '../../src/report/diagnostic-text.ts';
import { createPlainReporter } from '../../src/report/plain.ts';
import { fakeSudo } from './fake-sudo.ts';
import { Here } from './run-here.ts';
import { startSshServer, type TestServer } from './ssh-server.ts';

export interface ErrorCase {
  readonly what: string;
  readonly playbook: string;
  readonly inventory?: string;
  /** The text of `templates/x.conf.ejs`. */
  readonly template?: string;
  /** The playbook's hosts are one called `far`, whose `sudo` is like this. */
  readonly sudo?: 'password' | 'missing';
  /** What ansible-playbook 2.14 writes for the same mistake. */
  readonly ansible?: string;
  readonly screen: string;
}

const screen = { width: 80, colour: false };

const usual = `web:
  hosts:
    alfa: { ssh: { connection: local } }
`;

/** What a run with this mistake leaves on a screen of 80 columns. */
export async function errorScreen(mistake: Omit<ErrorCase, 'screen'>): Promise<string> {
  const { sudo, playbook, template = '' } = mistake;
  const server = sudo && (await startSshServer({ password: 'x', environment: fakeSudo(sudo, 'right') }));
  const here = await Here.create(
    server ? `far: { hosts: { alfa: { ssh: ${sshTo(server)} } } }` : (mistake.inventory ?? usual),
  );
  try {
    mkdirSync(join(here.folder, 'templates'));
    writeFileSync(join(here.folder, 'templates', 'x.conf.ejs'), template);
    writeFileSync(join(here.folder, 'site.yml'), playbook);
    return loadingScreen(here.folder) ?? (await runScreen(here, playbook, sudo === undefined));
  } finally {
    await here.remove();
    if (server) await server.close();
  }
}

function sshTo({ port, hostKey }: TestServer): string {
  return JSON.stringify({
    host: '127.0.0.1',
    port,
    user: 'tester',
    password: 'x',
    become_password: 'wrong',
    host_key: hostKey,
  });
}

/** `undefined` where nothing is wrong with the files: then it takes a run to tell. */
function loadingScreen(folder: string): string | undefined {
  try {
    const { warnings } = loadProject({ playbooks: [join(folder, 'site.yml')], inventory: join(folder, 'hosts.yml') });
    if (warnings.length === 0) return undefined;
    return `${diagnosticsText(inside(folder, warnings), { ...screen, severity: 'warning' })}\n`;
  } catch (error) {
    if (!(error instanceof ProvisionError)) throw error;
    const { diagnostics, warnings } = error;
    return `${mistakesText(inside(folder, { diagnostics, warnings }), screen)}\n`;
  }
}

async function runScreen(here: Here, playbook: string, check: boolean): Promise<string> {
  let text = '';
  const reporter = createPlainReporter({ ...screen, diff: false, verbose: false, write: (part) => (text += part) });
  const { events } = await here.run(playbook, { check });
  for (const event of inside(here.folder, events)) reporter.on(event);
  return text.replace(/total time .*/, 'total time 0.0 s').replace(/^run \S+:/, 'run ID:');
}

/** As somebody sees it who stands in the folder. */
function inside<T>(folder: string, value: T): T {
  const look = (part: unknown): unknown => {
    if (typeof part === 'string')
      return part.replaceAll(`${folder}/`, '').replaceAll(folder, '.').replaceAll(dirname(folder), '..');
    if (Array.isArray(part)) return part.map(look);
    if (typeof part !== 'object' || part === null) return part;
    return Object.fromEntries(Object.entries(part).map(([key, item]) => [key, look(item)]));
  };
  return look(value) as T;
}
