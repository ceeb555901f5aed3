import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { problem } from '../core/diagnostic.ts';
import { recipientOf, unseal } from '../load/secret-box.ts';
import { type Asking, ask, canAsk } from './ask.ts';

/** Where the identities of whoever runs provision come from. */
export interface IdentitySource {
  /** `--identity`. */
  readonly file?: string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly asking: Asking;
}

export function defaultIdentityFile(environment: IdentitySource['environment']): string {
  return join(environment.XDG_CONFIG_HOME || join(homedir(), '.config'), 'provision', 'identity.txt');
}

/**
 * Private keys: of `--identity`, else PROVISION_IDENTITY, else PROVISION_IDENTITY_FILE, else the usual file.
 * @throws ProvisionError PV2203 where there are none
 */
export async function readIdentities(source: IdentitySource): Promise<readonly string[]> {
  const { file, environment } = source;
  if (file === undefined && environment.PROVISION_IDENTITY) {
    return identitiesIn(environment.PROVISION_IDENTITY, 'PROVISION_IDENTITY');
  }
  const path = file ?? (environment.PROVISION_IDENTITY_FILE || defaultIdentityFile(environment));
  const bytes = readIdentityFile(path);
  const text = bytes.toString();
  return identitiesIn(isEncrypted(text) ? await openWithPassphrase(bytes, path, source.asking) : text, path);
}

function readIdentityFile(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'does not exist' : (error as Error).message;
    throw problem('PV2203', `the identity file ${path} cannot be read: ${why}`, {
      help: 'provision secrets init makes one; --identity FILE names another',
    });
  }
}

function isEncrypted(text: string): boolean {
  return /^\s*(-----BEGIN AGE ENCRYPTED FILE-----|age-encryption\.org\/v1\n)/.test(text);
}

async function openWithPassphrase(bytes: Buffer, path: string, asking: Asking): Promise<string> {
  if (!canAsk(asking)) {
    throw problem('PV2203', `${path} is protected by a passphrase, and there is no terminal to ask for it`, {
      help: 'give the key itself in PROVISION_IDENTITY, or an identity without a passphrase',
    });
  }
  const passphrase = await ask(`passphrase of ${path}: `, asking, true);
  const armored = bytes.toString().trimStart().startsWith('-----');
  const text = await unseal(armored ? bytes.toString() : bytes, { passphrase });
  if (text !== undefined) return text;
  throw problem('PV2203', `the passphrase does not open ${path}`, { help: 'run it again' });
}

/** What is wrong with a key is told without showing it. */
async function identitiesIn(text: string, origin: string): Promise<readonly string[]> {
  if (text.includes('-----BEGIN') && text.includes('PRIVATE KEY-----')) {
    throw problem('PV2203', `${origin} is an SSH key, and secrets are opened with keys of age only`, {
      help: 'provision secrets init makes one',
    });
  }
  const lines = text.split('\n').map((line) => line.trim());
  const identities = lines.filter((line) => line !== '' && !line.startsWith('#'));
  const known = await Promise.all(identities.map(recipientOf));
  if (identities.length > 0 && known.every((recipient) => recipient !== undefined)) return identities;
  throw problem('PV2203', `${origin} holds ${identities.length === 0 ? 'no key' : 'a line that is no key'}`, {
    help: 'a key stands on a line of its own: AGE-SECRET-KEY-1...',
  });
}
