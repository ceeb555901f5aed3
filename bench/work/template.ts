import type { RigHost } from '../rig/names.ts';
import type { Variables } from './model.ts';

/** A piece of a template, of which those of each template language are written. */
export type Piece =
  | string
  | { readonly value: string }
  | { readonly workers: readonly Piece[] }
  | { readonly withTls: readonly Piece[] };

export function ejsText(pieces: readonly Piece[]): string {
  return write(pieces, {
    value: (expression) => `<%= ${expression} %>`,
    workers: (body) => `<% for (const worker of workers) { -%>\n${ejsText(body)}<% } -%>\n`,
    withTls: (body) => `<% if (tls) { -%>\n${ejsText(body)}<% } -%>\n`,
  });
}

export function jinjaText(pieces: readonly Piece[]): string {
  return write(pieces, {
    value: (expression) => `{{ ${expression} }}`,
    workers: (body) => `{% for worker in workers %}\n${jinjaText(body)}{% endfor %}\n`,
    withTls: (body) => `{% if tls %}\n${jinjaText(body)}{% endif %}\n`,
  });
}

export type Values = Readonly<Record<string, string | number>>;

/** What a template makes for one host, without any template language. */
export function plainText(pieces: readonly Piece[], values: Values, variables: Variables): string {
  return write(pieces, {
    value: (expression) => evaluate(expression, { ...values, base_port: variables.base_port }),
    workers: (body) =>
      variables.workers
        .map(({ name, weight }) => {
          const own = { ...values, 'worker.name': name, 'worker.weight': weight };
          return plainText(body, own, variables);
        })
        .join(''),
    withTls: (body) => (variables.tls ? plainText(body, values, variables) : ''),
  });
}

/** The variables that are a host's own. */
export function hostValues(host: RigHost) {
  return { server: host.name, number: host.number, address: host.address, folder: host.folder };
}

interface Dialect {
  readonly value: (expression: string) => string;
  readonly workers: (body: readonly Piece[]) => string;
  readonly withTls: (body: readonly Piece[]) => string;
}

function write(pieces: readonly Piece[], dialect: Dialect): string {
  return pieces.map((piece) => writePiece(piece, dialect)).join('');
}

function writePiece(piece: Piece, dialect: Dialect): string {
  if (typeof piece === 'string') return piece;
  if ('value' in piece) return dialect.value(piece.value);
  return 'workers' in piece ? dialect.workers(piece.workers) : dialect.withTls(piece.withTls);
}

/** A name, or a name and a number to add. */
function evaluate(expression: string, values: Values): string {
  const [name = '', added] = expression.split(' + ');
  const value = values[name];
  if (value === undefined) throw new Error(`the model has no value \`${name}\``);
  return added === undefined ? String(value) : String(Number(value) + Number(added));
}
