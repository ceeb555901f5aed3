import { problem } from '../../core/diagnostic.ts';
import type { Step } from '../../core/plan.ts';
import { args, hostPath, oneOf, Type } from '../../schema/schema.ts';
import { defineModule } from '../module.ts';
import { awaited, type Condition, isMet } from './condition.ts';
import { waitStep } from './wait-step.ts';

export const waitFor = defineModule({
  name: 'wait.for',
  description: 'Waits for a port, a file, a text in a file, or a command; changes nothing.',
  args: args({
    port: Type.Optional(Type.Integer({ minimum: 1, maximum: 65535, description: 'TCP port that answers' })),
    host: Type.String({
      pattern: '^[A-Za-z0-9.:_-]+$',
      default: '127.0.0.1',
      description: 'whose port, as seen from the host of the task',
    }),
    file: Type.Optional(hostPath('file that is there')),
    pattern: Type.Optional(
      Type.String({ minLength: 1, description: 'regular expression for the text of the file, from its beginning' }),
    ),
    command: Type.Optional(
      Type.String({ minLength: 1, description: 'shell text that only looks; it is awaited that it succeeds' }),
    ),
    state: oneOf(['started', 'stopped'], {
      default: 'started',
      description: 'stopped: wait until the port is closed, the file is gone, the command fails',
    }),
    timeout: Type.Number({ minimum: 0.1, default: 300, description: 'seconds after which the task has failed' }),
    every: Type.Number({ minimum: 0.1, default: 1, description: 'seconds between two looks' }),
  }),
  examples: [
    'host: 192.168.101.100\nport: 22\ntimeout: 120',
    'file: /tmp/everest-serial0.log\npattern: System halted\ntimeout: 5400\nevery: 5',
    'command: virsh domstate everest | grep -q "shut off"',
  ],

  read: (wanted, look) => isMet(conditionOf(wanted), look),

  plan(wanted, met): readonly Step[] {
    const condition = conditionOf(wanted);
    return met ? [] : [waitStep(condition, { every: wanted.every, within: wanted.timeout })];
  },
});

interface WaitArguments {
  readonly port?: number;
  readonly host: string;
  readonly file?: string;
  readonly pattern?: string;
  readonly command?: string;
  readonly state: 'started' | 'stopped';
}

function conditionOf({ port, host, file, pattern, command, state }: WaitArguments): Condition {
  if ([port, file, command].filter((item) => item !== undefined).length !== 1) {
    throw problem('PV5103', 'wait.for needs one of `port`, `file` and `command`', {
      help: 'several things are awaited by several tasks',
    });
  }
  const stopped = state === 'stopped';
  if (pattern !== undefined && (file === undefined || stopped)) {
    throw problem('PV5103', '`pattern` goes with `file`, and not with `state: stopped`', { argument: ['pattern'] });
  }
  if (port !== undefined) return awaited({ kind: 'port', host, port, stopped });
  if (command !== undefined) return awaited({ kind: 'command', command, stopped });
  return awaited({ kind: 'file', file: file ?? '', stopped, ...(pattern !== undefined && { pattern }) });
}
