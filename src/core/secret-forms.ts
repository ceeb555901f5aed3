/** Shorter pieces of an encoded text are everyday words. */
const shortestPiece = 8;
const shortestHex = 4;

/** The ways in which a secret stands in texts made of it: as it is, quoted, escaped or encoded for its way. */
export function formsOf(secret: string): readonly string[] {
  return [
    ...[secret, secret.trim()],
    ...shellForms(secret),
    ...jsonForms(secret),
    ...xmlForms(secret),
    ...urlForms(secret),
    secret.replaceAll("'", "''"),
    ...base64Forms(Buffer.from(secret)),
    ...hexForms(Buffer.from(secret)),
    ...linesOf(secret),
  ];
}

/** Output is told line by line: a private key must not get through in pieces. */
function linesOf(secret: string): readonly string[] {
  const lines = secret.split('\n').map((line) => line.trim());
  return lines.length === 1 ? [] : lines.filter((line) => line.length >= shortestPiece);
}

function shellForms(secret: string): readonly string[] {
  return [
    secret.replaceAll("'", `'\\''`),
    secret.replaceAll("'", `'"'"'`),
    secret.replace(/["$`\\]/g, '\\$&'),
    secret.replace(/[^\w@%+=:,./\n-]/g, '\\$&'),
  ];
}

function jsonForms(secret: string): readonly string[] {
  const once = inner(secret);
  const ascii = once.replace(/[^ -~]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return [once, inner(once), ascii, once.replaceAll('/', '\\/')];
}

function inner(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

function xmlForms(secret: string): readonly string[] {
  const text = secret.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  const quoted = text.replaceAll('"', '&quot;');
  return [text, quoted, quoted.replaceAll("'", '&apos;'), quoted.replaceAll("'", '&#39;')].flatMap((form) => [
    form,
    form.replaceAll('\t', '&#9;').replaceAll('\n', '&#10;').replaceAll('\r', '&#13;'),
  ]);
}

function urlForms(secret: string): readonly string[] {
  // Bytes first: half a surrogate pair has no place in a URL.
  const loose = encodeURIComponent(Buffer.from(secret).toString());
  const strict = loose.replace(/[!'()*]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`);
  return [loose, strict].flatMap((form) => [
    ...[form, form.replaceAll('%20', '+')],
    form.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
  ]);
}

/** Alone, and in the midst of a longer text, where what stands around it changes its first and last letters. */
function base64Forms(bytes: Buffer): readonly string[] {
  const whole = bytes.toString('base64');
  const inside = [0, 1, 2].map((before) => {
    const shifted = Buffer.concat([Buffer.alloc(before), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    const end = Math.floor(((before + bytes.length) * 8) / 6);
    return shifted.slice(Math.ceil((before * 8) / 6), end);
  });
  const forms = [whole, whole.replace(/=+$/, ''), ...inside.filter((form) => form.length >= shortestPiece)];
  return forms.flatMap((form) => [form, form.replaceAll('+', '-').replaceAll('/', '_')]);
}

function hexForms(bytes: Buffer): readonly string[] {
  if (bytes.length < shortestHex) return [];
  const hex = bytes.toString('hex');
  return [hex, hex.toUpperCase()];
}
