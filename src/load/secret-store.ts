import { problem } from '../core/diagnostic.ts';
import { newKeyPair, recipientOf, seal, unseal } from './secret-box.ts';
import type { LocatedSecretsFile, SecretsFile } from './secrets-file.ts';

export type Recipients = SecretsFile['recipients'];

/** A file of secrets that was opened: what its key can do. */
export interface OpenSecrets {
  readonly file: LocatedSecretsFile;
  /** Private key of the file. */
  readonly identity: string;
}

/** A file without a secret. */
export async function newSecretsFile(recipients: Recipients): Promise<SecretsFile> {
  const key = await newKeyPair();
  return {
    recipients,
    key: { recipient: key.recipient, identity: await sealKey(key.identity, recipients) },
    secrets: new Map(),
  };
}

/**
 * Opens the key of the file.
 * @throws ProvisionError PV2203 where none of the identities opens it, PV2204 where the list of recipients was edited
 */
export async function openSecretsFile(file: LocatedSecretsFile, identities: readonly string[]): Promise<OpenSecrets> {
  const text = await unseal(file.key.identity, { identities });
  if (text === undefined) {
    throw problem('PV2203', `your identity opens nothing in ${file.path}`, {
      at: file.document.locate(['recipients']),
      label: 'it is none of these',
      help: 'somebody who can open it adds you: provision secrets add-recipient NAME age1...; `provision secrets show` tells yours',
    });
  }
  const lines = text.trimEnd().split('\n');
  const identity = lines.at(-1) ?? '';
  if (lines.slice(0, -1).join('\n') !== recipientLines(file.recipients)) throw tampered(file, 'recipients');
  if ((await recipientOf(identity)) !== file.key.recipient) throw tampered(file, 'key');
  return { file, identity };
}

function tampered({ document }: LocatedSecretsFile, part: 'recipients' | 'key'): Error {
  const what = part === 'key' ? 'the key in the clear is not that' : 'the list of recipients is not the one';
  return problem('PV2204', `${what} which the file was encrypted for`, {
    at: document.locate([part], 'key'),
    help: 'see in its history who changed it, and put back what was there; `provision secrets` changes such things',
  });
}

/**
 * The value of a secret of the file.
 * @throws ProvisionError PV2204 where it is not what it is called
 */
export async function openSecret({ file, identity }: OpenSecrets, name: string): Promise<string> {
  const text = await unseal(file.secrets.get(name) ?? '', { identities: [identity] });
  const sealed = text === undefined ? undefined : (JSON.parse(text) as { name: string; value: string });
  if (sealed?.name === name) return sealed.value;
  const message = sealed
    ? `what stands here is the secret \`${sealed.name}\`, not \`${name}\``
    : `the secret \`${name}\` is not encrypted to the key of this file, or damaged`;
  throw problem('PV2204', message, {
    at: file.document.locate(['secrets', name], 'key'),
    help: `see in the history of ${file.path} who changed it; \`provision secrets set ${name}\` writes it anew`,
  });
}

/** The file with a secret set; that takes no identity, for the key of the file stands in it. */
export async function withSecret(file: SecretsFile, name: string, value: string): Promise<SecretsFile> {
  const sealed = await sealSecret(name, value, file.key.recipient);
  return { ...file, secrets: new Map([...file.secrets, [name, sealed]]) };
}

/** The file opened by these from now on; the secrets stay as they are, and so does who knows the key of the file. */
export async function withRecipients({ file, identity }: OpenSecrets, recipients: Recipients): Promise<SecretsFile> {
  return { ...file, recipients, key: { ...file.key, identity: await sealKey(identity, recipients) } };
}

/** All anew, with another key: whoever could open the file before can no longer, if not a recipient. */
export async function rotated(open: OpenSecrets, recipients: Recipients): Promise<SecretsFile> {
  let file = await newSecretsFile(recipients);
  for (const name of open.file.secrets.keys()) file = await withSecret(file, name, await openSecret(open, name));
  return file;
}

/** A list of recipients that only somebody who could open the file can have written, and the key. */
function sealKey(identity: string, recipients: Recipients): Promise<string> {
  return seal(`${recipientLines(recipients)}\n${identity}\n`, recipients.values());
}

/** Comments, so that the age program takes what is encrypted for an identity file. */
function recipientLines(recipients: Recipients): string {
  const lines = [...recipients].map(([name, recipient]) => `# ${name}: ${recipient}`);
  return lines.sort().join('\n');
}

const block = 64;

/** With its name, so that none can be put in the place of another; blanks hide how long it is. */
function sealSecret(name: string, value: string, recipient: string): Promise<string> {
  const text = JSON.stringify({ name, value });
  return seal(text.padEnd(Math.ceil(text.length / block) * block), [recipient]);
}
