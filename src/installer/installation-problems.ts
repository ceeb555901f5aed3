import type { Code } from '../core/codes.ts';
import type { Diagnostic } from '../core/diagnostic.ts';
import type { Seconds } from '../core/plan.ts';
import type { FailureKind } from './grammar.ts';
import type { Failure, SerialLog } from './serial-log.ts';

const nextRun = 'the next run starts the installation over';

const failures: Readonly<Record<FailureKind, { readonly code: Code; readonly what: string }>> = {
  error: { code: 'PV5401', what: 'the installer of GUEST stopped with an error' },
  question: { code: 'PV5401', what: 'the installer of GUEST asks something that nobody answers' },
  panic: { code: 'PV5404', what: 'the installer of GUEST crashed with its kernel' },
  memory: { code: 'PV5407', what: 'the installer of GUEST ran out of memory' },
  start: { code: 'PV5408', what: 'the machine of GUEST finds no system to start' },
};

/** The installer stands at a screen that nobody answers. */
export function screenProblem(guest: string, failure: Failure, screen: string): Diagnostic {
  const { code, what } = failures[failure.kind];
  return {
    code,
    message: `${what.replace('GUEST', guest)}: ${failure.title}`,
    help: `${failure.help}; ${nextRun}`,
    transcript: screen,
  };
}

export function silenceProblem(guest: string, stall: Seconds, log: SerialLog): Diagnostic {
  const phase = log.progress ? `, in phase “${log.progress.phase}”` : '';
  return {
    code: 'PV5402',
    message: `the installer of ${guest} has written nothing for ${timeText(stall)}${phase}`,
    help:
      `look at the machine (virsh dominfo ${guest}); power it off with \`virsh destroy ${guest}\` and ${nextRun}, ` +
      'or raise `stall` if the host is that slow',
    transcript: log.screen,
  };
}

/** Why a machine went off, by the word of `virsh domstate --reason`. */
const reasons: Readonly<Record<string, string>> = {
  crashed: 'its QEMU process is gone',
  panicked: 'its kernel crashed',
  failed: 'the hypervisor could not go on with it',
  destroyed: 'somebody powered it off from outside',
  shutdown: 'it powered itself off',
  gone: 'its domain is gone',
};

export function stopProblem(guest: string, reason: string, log: SerialLog): Diagnostic {
  const cause = reasons[reason] ?? (reason || 'nobody knows why');
  const onward = reason === 'gone' ? 'its volume is left: move it away, then run again' : nextRun;
  return {
    code: 'PV5403',
    message: `the machine of ${guest} stopped before its installer was done: ${cause}`,
    help: `/var/log/libvirt/qemu/${guest}.log on the host may say more; ${onward}`,
    transcript: log.screen,
  };
}

export function pausedProblem(guest: string, reason: string, screen: string): Diagnostic {
  return {
    code: 'PV5403',
    message: `the hypervisor paused the machine of ${guest} in the middle of its installation (${reason})`,
    help: `most often the file system of its volume is full; make room, \`virsh resume ${guest}\` and run again`,
    transcript: screen,
  };
}

export function lateProblem(guest: string, within: Seconds): Diagnostic {
  return {
    code: 'PV5402',
    message: `the installer of ${guest} was not done after ${timeText(within)}`,
    help: 'it goes on: run again to follow it further, or raise `timeout`',
  };
}

function timeText(seconds: Seconds): string {
  return seconds < 120 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} minutes`;
}
