import type { Diagnostic } from '../core/diagnostic.ts';
import type { Seconds } from '../core/plan.ts';
import type { Failure } from './installer-failure.ts';
import type { SerialLog } from './serial-log.ts';

const nextRun = 'the next run starts the installation over';

/** The installer stands at a screen that nobody answers. */
export function screenProblem(guest: string, failure: Failure, screen: string): Diagnostic {
  const what = {
    error: 'stopped with an error',
    question: 'asks something that nobody answers',
    panic: 'crashed with its kernel',
  }[failure.kind];
  return {
    code: failure.kind === 'panic' ? 'PV5404' : 'PV5401',
    message: `the installer of ${guest} ${what}: ${failure.title}`,
    help: `${failure.help}; ${nextRun}`,
    transcript: screen,
  };
}

export function silenceProblem(guest: string, stall: Seconds, log: SerialLog): Diagnostic {
  const phase = log.progress ? `, in phase “${log.progress.phase}”` : '';
  return {
    code: 'PV5402',
    message: `the installer of ${guest} has written nothing for ${Math.round(stall / 60)} minutes${phase}`,
    help:
      `look at the machine (virsh dominfo ${guest}); power it off with \`virsh destroy ${guest}\` and ${nextRun}, ` +
      'or raise `stall` if the host is that slow',
    transcript: log.screen,
  };
}

export function stopProblem(guest: string, log: SerialLog): Diagnostic {
  return {
    code: 'PV5403',
    message: `the machine of ${guest} stopped before its installer was done`,
    help: `${log.failure?.help ?? `/var/log/libvirt/qemu/${guest}.log on the host may say why`}; ${nextRun}`,
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
    message: `the installer of ${guest} was not done after ${Math.round(within / 60)} minutes`,
    help: 'it goes on: run again to follow it further, or raise `timeout`',
  };
}
