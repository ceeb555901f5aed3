import type { Look, Step } from '../../core/plan.ts';
import { loaderFile } from '../firewall-files.ts';

const name = 'provision-addresses.service';
const path = `/etc/systemd/system/${name}`;

const text = `# Written by provision.
[Unit]
Description=Puts the public addresses of guests back when a restart of the network has taken them off
After=network.target

[Service]
ExecStart=${loaderFile.path} hold
Restart=always

[Install]
WantedBy=multi-user.target
`;

/** Who sees to it that public addresses stay on their interface: whoever configures a network takes off what it does not know. */
export interface Holder {
  readonly text?: string;
  readonly runs: boolean;
}

export async function readHolder(look: Look): Promise<Holder> {
  const [present, active] = await Promise.all([
    look.readText(path),
    look.query(['systemctl', 'is-active', name], { exits: [0, 1, 3, 4] }),
  ]);
  return { ...(present !== undefined && { text: present }), runs: active.stdout.trim() === 'active' };
}

export function holdSteps(present: Holder): Step[] {
  const right = present.text === text;
  if (right && present.runs) return [];
  const write: Step = {
    title: `write ${path}, the unit that puts public addresses back when a network restarts`,
    ...(present.text !== undefined && { before: present.text }),
    after: text,
    effect: { kind: 'write', path, content: text, mode: '0644', owner: 'root', group: 'root' },
    touches: [`path:${path}`],
  };
  const script = `systemctl daemon-reload && systemctl -q enable ${name} && systemctl restart ${name}`;
  const start: Step = {
    title: `start ${name}`,
    effect: { kind: 'run', argv: ['sh', '-c', script] },
    touches: [`unit:${name}`],
  };
  return right ? [start] : [write, start];
}

/** First of all: it would put back what is being taken off. */
export function releaseSteps(present: Holder): Step[] {
  if (present.text === undefined) return [];
  const script = `systemctl -q disable --now ${name}; rm -f ${path}; systemctl daemon-reload`;
  return [
    {
      title: `remove ${path}: no public address is left to be put back`,
      before: present.text,
      effect: { kind: 'run', argv: ['sh', '-c', script] },
      touches: [`path:${path}`, `unit:${name}`],
    },
  ];
}
