import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { dirname } from 'node:path';
import { problem } from '../core/diagnostic.ts';
import { newKeyPair, recipientOf, sealWithPassphrase } from '../load/secret-box.ts';
import { newSecretsFile } from '../load/secret-store.ts';
import { type Asking, ask, canAsk } from './ask.ts';
import { defaultIdentityFile, type IdentitySource, readIdentities } from './identity.ts';
import type { SecretsCall } from './secrets-command.ts';

/** `init`: an identity where there is none yet, and a file of secrets that it opens. Nothing is ever replaced. */
export async function initSecrets({ desk, flags, asking }: SecretsCall): Promise<string> {
  const name = flags.name ?? userInfo().username;
  const made = await makeIdentity(desk.source, { protect: flags.passphrase, asking });
  const recipient = made?.recipient ?? (await ownRecipient(desk.source));
  const told = made ? `your identity is ${made.path}: keep a copy where it is safe, and give it to nobody\n` : '';
  const file = desk.find();
  if (!file) {
    desk.write(await newSecretsFile(new Map([[name, recipient]])), undefined);
    return `${told}${desk.path} is there, and you can open it as ${name}: ${recipient}\nnext: provision secrets set NAME\n`;
  }
  if ([...file.recipients.values()].includes(recipient)) return `${told}you can open ${desk.path}: ${recipient}\n`;
  return `${told}somebody who can open ${desk.path} lets you in: provision secrets add-recipient ${name} ${recipient}\n`;
}

interface MakingIdentity {
  /** `--passphrase`. */
  readonly protect: boolean;
  readonly asking: Asking;
}

/** `undefined` where there is one. */
async function makeIdentity({ file, environment }: IdentitySource, { protect, asking }: MakingIdentity) {
  const path = file ?? (environment.PROVISION_IDENTITY_FILE || defaultIdentityFile(environment));
  if ((file === undefined && environment.PROVISION_IDENTITY) || existsSync(path)) return undefined;
  const { identity, recipient } = await newKeyPair();
  const text = `# public key: ${recipient}\n${identity}\n`;
  const kept = protect ? await sealWithPassphrase(text, await newPassphrase(asking)) : text;
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeFileSync(path, kept, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    throw problem('PV2203', `the identity file ${path} cannot be written: ${(error as Error).message}`, {
      help: '--identity FILE names another place',
    });
  }
  return { path, recipient };
}

async function newPassphrase(asking: Asking): Promise<string> {
  if (!canAsk(asking)) {
    throw problem('PV0004', '`--passphrase` asks for one, and there is no terminal to ask on', {
      help: 'leave it out, and keep the identity where nobody else can read it',
    });
  }
  for (;;) {
    const passphrase = await ask('passphrase for your identity: ', asking, true);
    if (passphrase !== '' && passphrase === (await ask('once more: ', asking, true))) return passphrase;
    asking.output.write('these were two different texts, or none\n');
  }
}

async function ownRecipient(source: IdentitySource): Promise<string> {
  const [first = ''] = await readIdentities(source);
  return (await recipientOf(first)) ?? '';
}
