import { problem } from '../core/diagnostic.ts';
import { didYouMean } from '../core/suggest.ts';
import { isRecipient } from '../load/secret-box.ts';
import { rotated, withRecipients } from '../load/secret-store.ts';
import type { SecretsCall } from './secrets-command.ts';

/** `add-recipient NAME age1…`: the secrets themselves stay as they are. */
export async function addRecipient({ desk, words: [name = '', recipient = ''] }: SecretsCall): Promise<string> {
  const open = await desk.open();
  const { recipients } = open.file;
  await refuseRecipient(name, recipient);
  if (recipients.has(name)) {
    throw problem('PV2205', `\`${name}\` is a recipient already`, {
      help: `take another name, or first: provision secrets remove-recipient ${name}`,
    });
  }
  desk.write(await withRecipients(open, new Map([...recipients, [name, recipient]])), open.file);
  return `${name} can open ${desk.path} from now on\n`;
}

async function refuseRecipient(name: string, recipient: string): Promise<void> {
  if (!/^[A-Za-z0-9_][\w.@-]*$/.test(name)) {
    throw problem('PV2205', `\`${name}\` cannot name a recipient`, {
      help: 'provision secrets add-recipient NAME age1...: letters, digits and `.`, `-`, `_`, `@` for the name',
    });
  }
  if (await isRecipient(recipient)) return;
  const isSsh = /^(ssh-|ecdsa-|sk-)/.test(recipient);
  throw problem('PV2205', isSsh ? 'SSH keys cannot be recipients' : 'this is no public key of age', {
    help: `${name} makes one with \`provision secrets init\`, which prints it: age1...`,
  });
}

/** `remove-recipient NAME`: with another key, for they know the old one. */
export async function removeRecipient({ desk, words: [name = ''] }: SecretsCall): Promise<string> {
  const open = await desk.open();
  const { recipients } = open.file;
  if (!recipients.has(name)) {
    const help = didYouMean(name, recipients.keys()) ?? `recipients are ${[...recipients.keys()].join(', ')}`;
    throw problem('PV2205', `\`${name}\` is no recipient of ${desk.path}`, { help });
  }
  const left = new Map([...recipients].filter(([other]) => other !== name));
  if (left.size === 0) {
    throw problem('PV2205', `\`${name}\` is the only recipient: nobody could open the secrets any more`, {
      help: 'first: provision secrets add-recipient NAME age1...',
    });
  }
  desk.write(await rotated(open, left), open.file);
  return `${name} cannot open ${desk.path} any more; what ${name} has read of it is still known: change the secrets themselves\n`;
}

/** `rotate`: another key, every secret encrypted anew. */
export async function rotateSecrets({ desk }: SecretsCall): Promise<string> {
  const open = await desk.open();
  desk.write(await rotated(open, open.file.recipients), open.file);
  return `${desk.path} has another key\n`;
}
