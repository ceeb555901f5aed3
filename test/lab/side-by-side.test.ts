import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { parse } from 'yaml';
import type { Tally } from '../../src/core/outcome.ts';
import { installDebianPackages } from '../../src/lab/debian-packages.ts';
import { Project, tallies } from '../support/cli.ts';
import { hostExec, labHost } from '../support/lab.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 600_000 });

/** One small playbook in both languages; `FOLDER` stands for a folder on the hosts `one` and `two`. */
interface Case {
  readonly what: string;
  readonly ansible: string;
  readonly provision: string;
  /** What provision counts and Ansible does not. */
  readonly skipped_too?: Readonly<Record<string, number>>;
}

const cases = readdirSync('test/side-by-side').map((file) => ({
  name: file.replace('.yml', ''),
  ...(parse(readFileSync(join('test/side-by-side', file), 'utf8')) as Case),
}));

const hosts = { one: 'hypervisor1', two: 'hypervisor2' } as const;
const names = Object.keys(hosts) as (keyof typeof hosts)[];
let project: Project;

beforeAll(async () => {
  await installDebianPackages(['ansible-core'], (line) => process.stderr.write(`${line}\n`));
  project = await Project.create();
  const python = ['apt-get', '-qq', '-y', '--no-install-recommends', 'install', 'python3-minimal', 'python3'];
  for (const host of Object.values(hosts)) {
    await hostExec(host, ['apt-get', '-qq', 'update']);
    expect(await hostExec(host, python)).toMatchObject({ exit: 0 });
  }
  await writeInventories();
});

afterAll(async () => {
  for (const host of Object.values(hosts)) await hostExec(host, ['rm', '-rf', '/root/side-by-side']);
  await project.remove();
});

interface Ssh {
  readonly host: string;
  readonly private_key_file: string;
  readonly host_key: string;
}

async function writeInventories(): Promise<void> {
  const own: string[] = ['all:', '  hosts:'];
  const theirs: string[] = [...own];
  const keys: string[] = [];
  for (const name of names) {
    const { address } = await labHost(hosts[name]);
    const ssh = (await project.value(['hypervisors', 'hosts', hosts[name], 'ssh'])) as { toJSON(): Ssh };
    const { private_key_file: key, host_key: hostKey } = ssh.toJSON();
    own.push(`    ${name}: { ssh: { host: ${address}, user: root, private_key_file: ${key}, host_key: ${hostKey} } }`);
    theirs.push(`    ${name}: { ansible_host: ${address}, ansible_user: root, ansible_ssh_private_key_file: ${key} }`);
    keys.push(`${address} ${hostKey}`);
  }
  await rm(project.inventory);
  await mkdir(join(project.folder, 'ansible'));
  await writeFile(project.inventory, own.join('\n'));
  await writeFile(join(project.folder, 'ansible', 'hosts.yml'), theirs.join('\n'));
  await writeFile(join(project.folder, 'ansible', 'keys'), `${keys.join('\n')}\n`);
}

/** What a run leaves, and what it says it did. */
interface Result {
  /** Paths with modes and contents, for each host. */
  readonly files: Readonly<Record<string, string>>;
  /** Tasks by their end, for each host. */
  readonly counts: Readonly<Record<string, Counts>>;
  readonly failed: boolean;
}

interface Counts {
  readonly changed: number;
  readonly skipped: number;
  readonly failed: number;
  /** All others; failures that were ignored or rescued are among them. */
  readonly well: number;
}

async function filesIn(folder: string): Promise<Record<string, string>> {
  const script = `cd ${folder} && find . ! -type d -printf '%p %M\\n' -o -printf '%p %M\\n' | sort; grep -r '' . | sort; readlink -f link`;
  const listed = names.map(async (name) => {
    const { stdout } = await hostExec(hosts[name], ['sh', '-c', script]);
    return [name, stdout.replaceAll(folder, 'FOLDER')];
  });
  return Object.fromEntries(await Promise.all(listed));
}

async function freshFolder(language: string, name: string): Promise<string> {
  const folder = `/root/side-by-side/${language}/${name}`;
  for (const host of Object.values(hosts)) await hostExec(host, ['mkdir', '-p', folder]);
  return folder;
}

async function byProvision({ name, provision }: Case & { name: string }): Promise<Result> {
  const folder = await freshFolder('provision', name);
  const playbook = await project.writePlaybook('site.yml', provision.replaceAll('FOLDER', folder));
  const run = await project.provision(playbook, '-i', project.inventory, '-f', '1', '--output', 'ndjson');
  if (run.exit === 1) throw new Error(run.stderr);
  const counts = ({ ok, changed, skipped, failed }: Tally): Counts => ({ changed, skipped, failed, well: ok });
  return {
    files: await filesIn(folder),
    counts: Object.fromEntries(Object.entries(tallies(run)).map(([host, tally]) => [host, counts(tally)])),
    failed: run.exit !== 0,
  };
}

async function byAnsible({ name, ansible }: Case & { name: string }): Promise<Result> {
  const folder = await freshFolder('ansible', name);
  const at = join(project.folder, 'ansible');
  await writeFile(join(at, 'site.yml'), ansible.replaceAll('FOLDER', folder));
  const { exit, stdout } = await ansiblePlaybook(at);
  const rows = [...stdout.matchAll(/^(\w+)\s+: (ok=.*)$/gm)];
  if (rows.length === 0) throw new Error(stdout);
  return {
    files: await filesIn(folder),
    counts: Object.fromEntries(rows.map(([, host = '', recap = '']) => [host, recapCounts(recap)])),
    failed: exit !== 0,
  };
}

/** Its `ok` counts changes too, and no failures that were rescued. */
function recapCounts(recap: string): Counts {
  const count = (word: string): number => Number(new RegExp(`${word}=(\\d+)`).exec(recap)?.[1]);
  const changed = count('changed');
  const well = count('ok') - changed + count('rescued');
  return { changed, skipped: count('skipped'), failed: count('failed'), well };
}

async function ansiblePlaybook(folder: string): Promise<{ readonly exit: number | null; readonly stdout: string }> {
  const environment = {
    ANSIBLE_NOCOLOR: '1',
    ANSIBLE_SSH_COMMON_ARGS: `-o UserKnownHostsFile=${folder}/keys`,
    ANSIBLE_PIPELINING: '1',
    ANSIBLE_LOCAL_TEMP: `${folder}/tmp`,
    LC_ALL: 'C.UTF-8',
  };
  const child = spawn('ansible-playbook', ['-i', 'hosts.yml', '-f', '1', 'site.yml'], {
    cwd: folder,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let stdout = '';
  child.stdout.on('data', (data: Buffer) => (stdout += data.toString()));
  const exit = await new Promise<number | null>((settle) => child.on('close', settle));
  return { exit, stdout };
}

describe('provision does what Ansible does', () => {
  test.each(cases)('$name: $what', async (one) => {
    const theirs = await byAnsible(one);
    const counts = Object.entries(theirs.counts).map(([host, { skipped, ...others }]) => [
      host,
      { ...others, skipped: skipped + (one.skipped_too?.[host] ?? 0) },
    ]);
    expect(await byProvision(one)).toEqual({ ...theirs, counts: Object.fromEntries(counts) });
    // A playbook that leaves nothing shows nothing.
    expect(Object.values(theirs.files).join('')).toMatch(/log|link/);
  });
});
