import { randomBytes } from 'node:crypto';
import { type ProvisionError, problem } from '../core/diagnostic.ts';
import type { Channel, Ending } from './channel.ts';
import { sudoLine } from './shell-text.ts';

export interface Become {
  readonly user: string;
  /** Of the user who logs in. */
  readonly password?: string;
}

/** Where sudo runs, for its errors. */
export interface SudoPlace {
  readonly host: string;
  readonly login: string;
}

interface Attempt {
  readonly channel: Channel;
  readonly become: Become;
  readonly place: SudoPlace;
}

/**
 * Turns the shell that listens on the channel into one of another user. The password is written only once sudo's own
 * prompt, which nobody can guess, has been seen: it can never be taken for a command.
 */
export function becomeUser({ channel, become, place }: Attempt): Promise<void> {
  const mark = randomBytes(9).toString('hex');
  const [prompt, started] = [`password-${mark}:`, `started-${mark}`];
  return new Promise((resolve, reject) => {
    const seen = { stdout: '', stderr: '' };
    let prompts = 0;
    const finish = (error?: ProvisionError): void => {
      channel.stdout.off('data', readOutput);
      channel.stderr.off('data', readErrors);
      if (error) reject(error);
      else resolve();
    };
    const refuse = (ending: Ending = {}): void =>
      finish(sudoProblem({ stderr: seen.stderr.replaceAll(prompt, ''), prompts, ending, become, place }));
    const readOutput = (chunk: Buffer): void => {
      seen.stdout += chunk.toString('latin1');
      if (seen.stdout.includes(started)) finish();
    };
    const readErrors = (chunk: Buffer): void => {
      seen.stderr += chunk.toString('utf8');
      const asked = seen.stderr.split(prompt).length - 1;
      if (asked <= prompts) return;
      prompts = asked;
      if (prompts === 1 && become.password !== undefined) channel.stdin.write(`${become.password}\n`);
      else refuse();
    };
    channel.stdout.on('data', readOutput);
    channel.stderr.on('data', readErrors);
    void channel.closed.then(refuse);
    channel.stdin.write(`${sudoLine({ user: become.user, prompt, started })}\n`);
  });
}

interface Refusal {
  readonly stderr: string;
  readonly prompts: number;
  readonly ending: Ending;
  readonly become: Become;
  readonly place: SudoPlace;
}

/** Tells from what sudo said why it did not start a shell. */
function sudoProblem({ stderr, prompts, ending, become, place }: Refusal): ProvisionError {
  const { host, login } = place;
  const said = stderr.trim();
  const details = said === '' ? {} : { transcript: said.split('\n').slice(-20).join('\n') };
  if (/not in the sudoers|is not allowed to|may not run sudo|I'm afraid I can't do that/i.test(said)) {
    return problem('PV4022', `on ${host}, sudo does not let ${login} act as ${become.user}`, {
      help: `as root on ${host}: visudo, and a line such as \`${login} ALL=(${become.user}) ALL\``,
      ...details,
    });
  }
  if (/must have a tty|no tty present/i.test(said)) {
    return problem('PV4024', `on ${host}, sudo wants a terminal`, {
      help: `as root on ${host}: visudo, and a line \`Defaults:${login} !requiretty\``,
      ...details,
    });
  }
  if (become.password === undefined && (prompts > 0 || /password is required/i.test(said))) {
    return problem('PV4023', `on ${host}, sudo wants the password of ${login}, and none is given`, {
      help: 'set `ssh.become_password` for this host, or let provision ask with -K',
    });
  }
  if (prompts > 1 || /incorrect password|try again|authentication fail/i.test(said)) {
    return problem('PV4020', `on ${host}, sudo does not take the password given for ${login}`, {
      help: `it wants the password of ${login} itself: check \`ssh.become_password\`, or let provision ask with -K`,
    });
  }
  if (ending.exit === 127 || /sudo: not found|sudo: command not found/i.test(said)) {
    return problem('PV4021', `on ${host} there is no sudo, so ${login} cannot act as ${become.user}`, {
      help: `install sudo there, or log in as ${become.user} (\`ssh.user\`)`,
    });
  }
  if (/unknown user/i.test(said)) {
    return problem('PV4025', `there is no user ${become.user} on ${host}`, { help: 'check `become_user`' });
  }
  const last = said.split('\n').at(-1);
  return problem('PV4025', `on ${host}, sudo failed${last ? `: ${last}` : ''}`, {
    help: `try on ${host}, as ${login}: sudo -u ${become.user} true`,
    ...details,
  });
}
