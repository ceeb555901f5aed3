import { problem } from '../../core/diagnostic.ts';
import type { Effect, Output, Seconds, Seen, Step, Verdict } from '../../core/plan.ts';
import type { GuestArgs } from './guest-args.ts';

/** Where the SSH server of a guest is. */
export interface SshPlace {
  readonly name: string;
  readonly args: Pick<GuestArgs, 'address' | 'ssh'>;
  /** What it is doing meanwhile, where it is not booting. */
  readonly phase?: string;
}

const sshKeyTypes = 'ed25519,ecdsa,rsa';

/** Waits for the SSH server of a guest that was started; `pin`: where no key of it is known, the ones it shows are kept. */
export function awaitSsh(intent: SshPlace, { pin = false } = {}): Step {
  const { name, args } = intent;
  return {
    title: `wait until SSH of ${name} answers on ${args.address}:${args.ssh.port}`,
    counts: false,
    effect: followSsh(intent, { within: args.ssh.within, judge: (seen) => judgeSsh(intent, seen, pin) }),
  };
}

/**
 * The same for the first boot of a new guest, which under emulation may hang for good in rare cases: then it is reset,
 * once.
 */
export function awaitFirstBoot(intent: SshPlace): readonly Step[] {
  const { name, args } = intent;
  const patience = args.ssh.reset_after;
  if (patience === 0 || patience >= args.ssh.within) return [awaitSsh(intent)];
  const judge = (seen: Seen): Verdict => (seen.elapsed >= patience ? { kind: 'done' } : judgeSsh(intent, seen));
  return [
    {
      title: `give SSH of ${name} ${patience} s to answer on ${args.address}:${args.ssh.port}`,
      counts: false,
      effect: followSsh(intent, { within: patience + 60, judge }),
    },
    {
      title: `reset ${name}, once, if it has not answered`,
      counts: false,
      effect: { kind: 'run', argv: ['sh', '-c', resetUnlessUp, 'sh', args.address, String(args.ssh.port), name] },
    },
    awaitSsh(intent),
  ];
}

/** $1 address, $2 port, $3 domain */
const resetUnlessUp = `ssh-keyscan -T 5 -t ${sshKeyTypes} -p "$2" "$1" 2>/dev/null | grep -q . ||
  virsh -c qemu:///system reset "$3"`;

interface SshWait {
  readonly within: Seconds;
  readonly judge: (seen: Seen) => Verdict;
}

function followSsh({ name, args }: SshPlace, { within, judge }: SshWait): Effect {
  const { address, ssh } = args;
  const late = problem('PV5405', `${name} does not answer on ${address}:${ssh.port} within ${within} seconds`, {
    help: `look at its console (virsh console ${name}); a first boot takes longer on a busy or emulating host: ssh.within`,
  });
  return {
    kind: 'follow',
    query: ['ssh-keyscan', '-T', '3', '-t', sshKeyTypes, '-p', String(ssh.port), address],
    every: 2,
    within,
    pinFor: name,
    judge: () => judge,
    late: () => late.diagnostics[0],
  };
}

function judgeSsh(
  { name, args, phase = 'booting from its disk' }: SshPlace,
  { output, pinned }: Seen,
  pin = false,
): Verdict {
  const keys = output ? keysIn(output) : [];
  if (keys.length === 0) return { kind: 'more', progress: { phase } };
  if (pinned.length === 0 && pin) return { kind: 'done', hostKeys: keys };
  if (pinned.length === 0 || keys.some((key) => pinned.includes(key))) return { kind: 'done' };
  const { diagnostics } = problem(
    'PV5406',
    `at ${args.address} another host key answers than the installer of ${name} printed`,
    {
      help: 'see that no other machine has this address; if the guest was given new keys by hand, pin them again',
      transcript: `answers:\n${keys.join('\n')}\npinned:\n${pinned.join('\n')}`,
    },
  );
  return { kind: 'failed', diagnostic: diagnostics[0] };
}

/** `ssh-ed25519 AAAA…` of each line `192.168.101.100 ssh-ed25519 AAAA…`. */
function keysIn({ stdout }: Output): readonly string[] {
  return stdout
    .split('\n')
    .filter((line) => /^[^#\s]\S* \S+ AAAA/.test(line))
    .map((line) => line.split(' ').slice(1, 3).join(' '));
}
