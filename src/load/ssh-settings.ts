import type { Problems } from '../core/diagnostic.ts';
import type { Path, Span } from '../core/source.ts';
import { checkValue, type Wording } from '../schema/check.ts';
import { args, oneOf, Type } from '../schema/schema.ts';
import { settingOfAnsible, warnOfAnsibleNames } from './ansible-settings.ts';
import type { VariableLayer } from './variables.ts';

const text = (description: string) => Type.Optional(Type.String({ minLength: 1, description }));
const shaped = (pattern: string, description: string) => Type.Optional(Type.String({ pattern, description }));
const secret = (description: string) => Type.Optional(Type.String({ minLength: 1, secret: true, description }));

/** The `ssh:` map of a host. */
export const sshSchema = args({
  host: text(
    "address or name to connect to; the host's own name when it is left out, for a guest its hypervisor's, or its own on a network that hypervisors share",
  ),
  port: Type.Optional(Type.Integer({ minimum: 1, maximum: 65535, description: 'port of the SSH server, 22' })),
  user: text('user to log in as'),
  password: secret('password to log in with'),
  private_key_file: text('file of the private key'),
  passphrase: secret('passphrase of the private key'),
  jump: shaped('^$|^\\s*[^\\s,]+(\\s*,\\s*[^\\s,]+)*\\s*$', 'hosts to go through: user@host:port, with commas between'),
  host_key: shaped(
    '^\\s*(SHA256:[A-Za-z0-9+/]{43}=?|(ssh|ecdsa|sk)-\\S+\\s+AAAA[A-Za-z0-9+/]+={0,2}(\\s.*)?)\\s*$',
    'public key of the host, as in known_hosts: ssh-ed25519 AAAA…, or its fingerprint: SHA256:…',
  ),
  become: Type.Optional(Type.Boolean({ description: 'whether to act as another user, by sudo' })),
  become_user: text('whom to become, root'),
  become_password: secret('password for sudo'),
  connection: Type.Optional(oneOf(['ssh', 'local'], { description: '`ssh`, or `local` for this machine' })),
  connect_timeout: Type.Optional(Type.Number({ exclusiveMinimum: 0, description: 'seconds to wait for a connection' })),
});

/** One layer's settings, and where each of them stands in the layer. */
export interface SshSettings {
  readonly values: Readonly<Record<string, unknown>>;
  readonly paths: Readonly<Record<string, Path>>;
}

const none: SshSettings = { values: {}, paths: {} };

/** The settings of one layer; `ssh:` wins over Ansible's names beside it. */
export function sshSettingsOf(layer: VariableLayer): SshSettings {
  const names = Object.keys(layer.values).filter((name) => name === 'ssh' || name.startsWith('ansible_'));
  if (names.length === 0) return none;
  const values: Record<string, unknown> = {};
  const paths: Record<string, Path> = {};
  for (const name of names) {
    const setting = settingOfAnsible(name, layer.values[name]);
    if (setting === undefined) continue;
    values[setting.key] = setting.value;
    paths[setting.key] = [name];
  }
  const own = layer.values.ssh;
  if (typeof own === 'object' && own !== null && !Array.isArray(own)) {
    for (const [key, value] of Object.entries(own)) {
      values[key] = value;
      paths[key] = ['ssh', key];
    }
  }
  return { values, paths };
}

/** Reports settings that cannot be, unknown keys and wrong types, and warns of those of Ansible that nobody heeds. */
export function checkSshSettings(layer: VariableLayer, problems: Problems): void {
  const { document, path } = layer;
  if (!document) return;
  warnOfAnsibleNames(layer, problems);
  const { ssh } = layer.values;
  if (ssh !== undefined && (typeof ssh !== 'object' || ssh === null || Array.isArray(ssh))) {
    const at = document.locate([...path, 'ssh']);
    problems.add('PV2007', '`ssh` must be a map', { at, help: 'ssh: { host: …, user: …, port: … }' });
  }
  const { values, paths } = sshSettingsOf(layer);
  const locate = ([key = '', ...rest]: Path, part?: 'key' | 'value'): Span =>
    document.locate([...path, ...(paths[key] ?? ['ssh', key]), ...rest], part);
  for (const { code, message, argument: _, ...details } of checkValue(sshSchema, values, {
    locate,
    wording,
    templated: true,
  })) {
    problems.add(code, message, details);
  }
}

const wording: Wording = {
  owner: 'ssh',
  noun: 'setting',
  codes: { unknown: 'PV2006', missing: 'PV2007', type: 'PV2007', value: 'PV2007' },
  help: `its settings are ${Object.keys(sshSchema.properties).join(', ')}`,
};
