import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { problem } from '../core/diagnostic.ts';
import { up } from './lab.ts';
import { whyNoLab } from './machine.ts';
import { defaultLab } from './names.ts';
import { packageRoot } from './package-root.ts';
import type { LabStatus } from './status.ts';

const inventory = 'inventory/lab.yml';
const playbook = 'playbooks/shared-guest.yml';

/** From nothing to a guest one can log in to, on this machine alone: a lab, and the shared-guest playbook on it. */
export async function quickstart(debian: boolean): Promise<number> {
  const reason = whyNoLab();
  if (reason) return say(elsewhere(reason), 1);
  const command = `${packageRoot}dist/cli/main.js`;
  if (!existsSync(command))
    throw problem('PV5602', 'provision is not built yet', { help: 'run `npm run build` first' });

  const start = Date.now();
  // Guests are reached through paths of the project, wherever this was started from.
  process.chdir(packageRoot);
  const lab = await up({ name: defaultLab, debian, inventory, report: (line) => say(`${line}\n`, 0) });
  const labUp = Date.now();
  say(`\nThe lab is up. Now: provision ${playbook} -i ${inventory} -y\n\n`, 0);
  const exit = await run([command, playbook, '-i', inventory, '-y']);
  const end = Date.now();
  const times = `lab ${seconds(start, labUp)}, playbook ${seconds(labUp, end)}, together ${seconds(start, end)}`;
  if (exit !== 0) return say(`\nThe playbook failed (${times}). The same command again carries on from there.\n`, exit);
  return say(`\n${howToLogIn(lab)}\nIt took: ${times}.\n`, 0);
}

function elsewhere(reason: string): string {
  return `The quickstart cannot run here: ${reason}. On Debian 12 or 13, as root and with Node 20 or newer,
\`npm run quickstart\` shows the whole job in five minutes. To use provision from this machine, write your
hypervisors and guests into inventory/hosts.yml and run \`provision ${playbook}\`: it needs nothing here but ssh.
`;
}

function howToLogIn(lab: LabStatus): string {
  const address = lab.hosts[0]?.address ?? '';
  return `The guest \`everest\` runs. Log in to it through its hypervisor:

  ssh -p 10022 -o UserKnownHostsFile=inventory/known_hosts -o HostKeyAlias=everest tuna@${address}

The password is in ${inventory}, under guests, everest, ssh. The hypervisor itself: \`node dist/cli/main.js lab shell\`.
Run \`node dist/cli/main.js ${playbook} -i ${inventory}\` again and nothing changes; \`node dist/cli/main.js lab down\`
takes it all away.
`;
}

function run(argv: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, argv, { stdio: 'inherit' });
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? 130));
  });
}

function seconds(from: number, to: number): string {
  const whole = Math.round((to - from) / 1000);
  return whole < 120 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

function say(text: string, exit: number): number {
  process.stdout.write(text);
  return exit;
}
