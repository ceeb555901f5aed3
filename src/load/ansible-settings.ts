import type { Problems } from '../core/diagnostic.ts';
import { didYouMean } from '../core/suggest.ts';
import type { VariableLayer } from './variables.ts';

/** What Ansible calls the settings of `ssh:`. */
const settings: Readonly<Record<string, string>> = {
  ansible_host: 'host',
  ansible_ssh_host: 'host',
  ansible_port: 'port',
  ansible_ssh_port: 'port',
  ansible_user: 'user',
  ansible_ssh_user: 'user',
  ansible_password: 'password',
  ansible_ssh_pass: 'password',
  ansible_ssh_password: 'password',
  ansible_private_key_file: 'private_key_file',
  ansible_ssh_private_key_file: 'private_key_file',
  ansible_ssh_private_key_passphrase: 'passphrase',
  ansible_ssh_args: 'jump',
  ansible_ssh_common_args: 'jump',
  ansible_ssh_extra_args: 'jump',
  ansible_become: 'become',
  ansible_become_user: 'become_user',
  ansible_become_pass: 'become_password',
  ansible_become_password: 'become_password',
  ansible_sudo_pass: 'become_password',
  ansible_connection: 'connection',
  ansible_timeout: 'connect_timeout',
  ansible_ssh_timeout: 'connect_timeout',
};

/** Names that hold nothing for us to do. */
const needless: Readonly<Record<string, string>> = {
  ansible_become_method: 'it is always sudo',
  ansible_become_exe: 'it is always sudo',
  ansible_become_flags: 'sudo is called the same way everywhere',
  ansible_python_interpreter: 'nothing here needs Python on a host',
  ansible_shell_type: 'every host has a POSIX shell',
  ansible_shell_executable: 'commands are given to /bin/sh',
  ansible_pipelining: 'requests are always pipelined',
  ansible_ssh_pipelining: 'requests are always pipelined',
  ansible_ssh_executable: 'no program ssh is started',
  ansible_ssh_retries: 'a lost connection is taken up again by itself',
  ansible_host_key_checking: 'host keys are always checked',
  ansible_ssh_host_key_checking: 'host keys are always checked',
  ansible_ssh_transfer_method: 'files travel over the session itself',
  ansible_remote_tmp: 'no files are copied to run them',
};

/** The setting of `ssh:` that one of Ansible's variables stands for, and its value as `ssh:` has it. */
export function settingOfAnsible(
  name: string,
  value: unknown,
): { readonly key: string; readonly value: unknown } | undefined {
  const key = Object.hasOwn(settings, name) ? settings[name] : undefined;
  if (key === undefined) return undefined;
  if (key !== 'jump') return { key, value: sameMeaning(key, value) };
  const { jump } = sshArguments(value);
  return jump === undefined ? undefined : { key, value: jump };
}

/** Ansible takes numbers and booleans as texts, and has more words for ssh. */
function sameMeaning(key: string, value: unknown): unknown {
  const text = String(value).toLowerCase();
  if (key === 'connection' && ['smart', 'paramiko', 'paramiko_ssh', 'openssh'].includes(text)) return 'ssh';
  if (key === 'become' && ['yes', 'true', 'on', '1'].includes(text)) return true;
  if (key === 'become' && ['no', 'false', 'off', '0'].includes(text)) return false;
  return (key === 'port' || key === 'connect_timeout') && /^\d+$/.test(text) ? Number(text) : value;
}

/** The way that options of OpenSSH go, `-J` or ProxyJump or `ssh -W` as ProxyCommand, and whatever else they say. */
function sshArguments(value: unknown): { readonly jump?: string; readonly others: readonly string[] } {
  const ways: string[] = [];
  const keep = (_: string, ...found: (string | undefined)[]): string => {
    ways.push(found.slice(0, 2).find((way) => typeof way === 'string') ?? '');
    return ' ';
  };
  const rest = String(value)
    .replaceAll(
      /(?:^|\s)["']?-o\s*["']?ProxyCommand[= ]["']?ssh\s+(?:-q\s+)?-W\s+["']?%h:%p["']?\s+(?:-q\s+)?([^\s"']+)["']*/gi,
      keep,
    )
    .replaceAll(/(?:^|\s)(?:-J\s*|["']?-o\s*["']?ProxyJump[= ])["']?([^\s"']+)["']*/gi, keep);
  const others = rest
    .split(/\s+(?=-)/)
    .map((word) => word.trim())
    .filter((word) => word !== '');
  const [jump] = ways;
  return { ...(jump && { jump }), others };
}

/** Says which of Ansible's variables mean nothing here: they stay variables, but nobody heeds them. */
export function warnOfAnsibleNames({ values, document, path }: VariableLayer, problems: Problems): void {
  if (!document) return;
  for (const name of Object.keys(values).filter((key) => key.startsWith('ansible_'))) {
    const warning = warningOf(name, values[name]);
    if (warning)
      problems.warn('PV2027', warning.message, { at: document.locate([...path, name], 'key'), help: warning.help });
  }
}

function warningOf(name: string, value: unknown): { readonly message: string; readonly help: string } | undefined {
  if (settings[name] === 'jump') return leftOut(name, value);
  if (Object.hasOwn(settings, name)) return undefined;
  if (name === 'ansible_become_method' && value === 'sudo') return undefined;
  const message = `\`${name}\` is not heeded`;
  const reason = Object.hasOwn(needless, name) ? needless[name] : undefined;
  if (reason !== undefined) return { message, help: `${reason}; leave it out` };
  const near = didYouMean(name, Object.keys(settings));
  return { message, help: near ?? 'the settings of a connection stand under `ssh`; docs/inventory.md lists them' };
}

function leftOut(name: string, value: unknown): { readonly message: string; readonly help: string } | undefined {
  const { others } = sshArguments(value);
  if (others.length === 0) return undefined;
  const checking = others.some((word) => /StrictHostKeyChecking|UserKnownHostsFile/i.test(word));
  const help = checking
    ? 'host keys are always checked: pin one with `ssh.host_key`'
    : 'only a jump host is taken from it';
  return { message: `of \`${name}\`, \`${others.join(' ')}\` is not heeded`, help };
}
