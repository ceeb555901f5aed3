/** A private key and what encrypts to it. */
export interface KeyPair {
  readonly identity: string;
  readonly recipient: string;
}

/** age is loaded when something is encrypted or opened, which most runs do not need. */
function age(): Promise<typeof import('age-encryption')> {
  return import('age-encryption');
}

export async function newKeyPair(): Promise<KeyPair> {
  const { generateX25519Identity, identityToRecipient } = await age();
  const identity = await generateX25519Identity();
  return { identity, recipient: await identityToRecipient(identity) };
}

/** The recipient of an identity; `undefined` where the text is no identity. */
export async function recipientOf(identity: string): Promise<string | undefined> {
  const { identityToRecipient } = await age();
  return identityToRecipient(identity).catch(() => undefined);
}

export async function isRecipient(text: string): Promise<boolean> {
  const { Encrypter } = await age();
  try {
    new Encrypter().addRecipient(text);
    return true;
  } catch {
    return false;
  }
}

/** An armored age file that each of the recipients can open. */
export async function seal(text: string, recipients: Iterable<string>): Promise<string> {
  const { Encrypter, armor } = await age();
  const encrypter = new Encrypter();
  for (const recipient of recipients) encrypter.addRecipient(recipient);
  return armor.encode(await encrypter.encrypt(text));
}

/** An armored age file that a passphrase opens. */
export async function sealWithPassphrase(text: string, passphrase: string): Promise<string> {
  const { Encrypter, armor } = await age();
  const encrypter = new Encrypter();
  encrypter.setPassphrase(passphrase);
  return armor.encode(await encrypter.encrypt(text));
}

/** What opens age files. */
export interface Keys {
  readonly identities?: readonly string[];
  readonly passphrase?: string;
}

/** The text in an age file; `undefined` where these keys do not open it, or it is damaged. */
export async function unseal(
  file: string | Uint8Array,
  { identities = [], passphrase }: Keys,
): Promise<string | undefined> {
  const { Decrypter, armor } = await age();
  const decrypter = new Decrypter();
  for (const identity of identities) decrypter.addIdentity(identity);
  if (passphrase !== undefined) decrypter.addPassphrase(passphrase);
  try {
    return await decrypter.decrypt(typeof file === 'string' ? armor.decode(file) : file, 'text');
  } catch {
    return undefined;
  }
}
