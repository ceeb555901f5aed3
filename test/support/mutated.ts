import fc from 'fast-check';

const splinters = [
  ': ',
  ' #',
  '\t',
  '- ',
  '{',
  '}',
  '[',
  ']',
  '<%',
  '%>',
  '!x ',
  '&a ',
  '*a',
  '<<: ',
  '"',
  "'",
  '|\n',
  '\n',
  '~',
  '{{',
  '0x',
  ': : ',
  '__proto__: ',
  'constructor: ',
  '\u0000',
  '\uD800',
  '😀',
  '%',
  '---\n',
  '? ',
];

/** A text with a few cuts, doublings and splinters at random places. */
export function mutated(texts: readonly string[]) {
  const change = fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    length: fc.nat({ max: 12 }),
    kind: fc.constantFrom('cut', 'double', 'insert'),
    splinter: fc.constantFrom(...splinters),
  });
  return fc.tuple(fc.constantFrom(...texts), fc.array(change, { minLength: 1, maxLength: 5 })).map(([text, changes]) =>
    changes.reduce((current, { at, length, kind, splinter }) => {
      const start = Math.floor(at * current.length);
      const piece = current.slice(start, start + length);
      const middle = kind === 'cut' ? '' : kind === 'double' ? piece + piece : splinter + piece;
      return current.slice(0, start) + middle + current.slice(start + length);
    }, text),
  );
}
