import type { RunEvent } from '../../src/core/event.ts';
import { emptyTally, type Tally } from '../../src/core/outcome.ts';
import { markedSpan } from './span.ts';

const packages = { host: 'alfa', play: 'hypervisors', task: 'install packages', module: 'apt.package' };
const message = { host: 'alfa', play: 'hypervisors', task: 'message of the day', module: 'file.content' };
const install = { host: 'everest', play: 'guests', task: 'install the guest', module: 'libvirt.guest' };
const forward = { host: 'k2', play: 'guests', task: 'forward a port', module: 'iptables.rule' };

const tally = (counts: Partial<Tally>): Tally => ({ ...emptyTally(), ...counts });

/** A small run with everything in it that a reporter shows. */
export const runEvents: readonly RunEvent[] = [
  { event: 'run.start', v: 1, run: '20261121-224500', playbooks: ['playbooks/x.yml'], check: false, at: '2026-11-21' },
  { event: 'play.start', play: 'hypervisors', hosts: ['alfa'] },
  { event: 'task.start', ...packages },
  { event: 'task.plan', ...packages, steps: [{ title: 'install qemu-utils' }] },
  { event: 'step.start', ...packages, step: 'install qemu-utils' },
  { event: 'output', ...packages, line: 'Setting up \u001b[1mqemu-utils\u001b[0m ...' },
  { event: 'step.end', ...packages, step: 'install qemu-utils', ms: 12_000 },
  { event: 'task.end', ...packages, status: 'changed', ms: 12_345, message: 'install qemu-utils' },
  {
    event: 'task.end',
    ...message,
    from: 'roles/base/tasks/main.yml',
    status: 'changed',
    ms: 40,
    message: 'write /etc/motd',
    diff: [{ title: 'write /etc/motd', before: 'one\ntwo\nthree\n', after: 'one\n2\nthree\n' }],
  },
  { event: 'host.end', host: 'alfa', play: 'hypervisors', status: 'changed' },
  { event: 'diagnostic', severity: 'warning', diagnostic: { code: 'PV5001', message: 'the clock of alfa is wrong' } },
  { event: 'play.start', play: 'guests', hosts: ['everest', 'k2'] },
  { event: 'task.start', ...install },
  { event: 'progress', ...install, phase: 'installing the base system', percent: 3 },
  { event: 'progress', ...install, phase: 'installing the base system', percent: 8, line: 'Unpacking libc6' },
  { event: 'progress', ...install, phase: 'installing the base system', percent: 41 },
  { event: 'task.start', ...forward },
  { event: 'task.end', ...forward, status: 'ok', ms: 3, item: { name: 'ssh', port: 22 } },
  {
    event: 'task.end',
    ...forward,
    status: 'failed',
    ms: 3,
    ignored: true,
    diagnostic: { code: 'PV5001', message: '`iptables` ended with 1' },
  },
  { event: 'progress', ...install, phase: 'installing GRUB' },
  {
    event: 'task.end',
    ...install,
    status: 'failed',
    ms: 1_200_000,
    code: 'PV5001',
    diagnostic: {
      code: 'PV5001',
      message: 'the installer stopped at an error',
      at: markedSpan('playbooks/x.yml', '- hosts: guests\n  tasks:\n    - »libvirt.guest«: {}\n'),
      help: 'provision doc PV5001',
    },
    output: ['!! ERROR: Bad archive mirror', '[Press enter to continue]'],
  },
  { event: 'host.end', host: 'everest', play: 'guests', status: 'failed' },
  { event: 'host.end', host: 'k2', play: 'guests', status: 'ok' },
  {
    event: 'run.end',
    hosts: { alfa: tally({ changed: 2 }), everest: tally({ failed: 1 }), k2: tally({ ok: 12 }) },
    traffic: {
      alfa: { logins: 1, channels: 1, requests: 41, roundTrips: 9, bytesIn: 20_480, bytesOut: 9_216 },
    },
    exit: 2,
    ms: 1_215_000,
  },
];
