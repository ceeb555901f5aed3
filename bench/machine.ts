import { readFileSync } from 'node:fs';
import { arch, cpus, release, totalmem } from 'node:os';
import { attempt } from '../src/lab/execute.ts';
import { packageRoot } from '../src/lab/package-root.ts';

/** What the figures were got on. */
export interface Machine {
  readonly date: string;
  readonly system: string;
  readonly kernel: string;
  readonly processor: string;
  readonly memoryGigabytes: number;
  /** Name and version of everything that takes part. */
  readonly versions: Readonly<Record<string, string>>;
}

export async function describeMachine(): Promise<Machine> {
  const system = /^PRETTY_NAME="(.*)"$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? 'Linux';
  const processors = cpus();
  return {
    date: new Date().toISOString().slice(0, 10),
    system,
    kernel: `${release()} ${arch()}`,
    processor: `${processors.length} × ${processors[0]?.model ?? 'unknown processor'}`,
    memoryGigabytes: Math.round(totalmem() / 2 ** 30),
    versions: {
      provision: await provisionVersion(),
      node: process.versions.node,
      ssh2: versionIn(`${packageRoot}node_modules/ssh2/package.json`),
      openssh: await packageVersion('openssh-server'),
      'isc-dhcp-server': await packageVersion('isc-dhcp-server'),
      'ansible-core': await packageVersion('ansible-core'),
      mitogen: await packageVersion('ansible-mitogen'),
    },
  };
}

async function provisionVersion(): Promise<string> {
  const version = versionIn(`${packageRoot}package.json`);
  const commit = await attempt(['git', '-C', packageRoot, 'describe', '--always', '--dirty']).catch(() => undefined);
  return commit?.exit === 0 ? `${version} (${commit.stdout.trim()})` : version;
}

async function packageVersion(name: string): Promise<string> {
  const { exit, stdout } = await attempt(['dpkg-query', '-W', '-f', '${Version}', name]);
  return exit === 0 && stdout !== '' ? stdout : 'not installed';
}

function versionIn(file: string): string {
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
