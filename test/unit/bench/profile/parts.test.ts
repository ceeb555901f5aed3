import { expect, it } from 'vitest';
import { type CallFrame, partsOf } from '../../../../bench/profile/parts.ts';

/** Function, URL, and the file of the sources in which it stands; what it counts as. */
const cases: readonly (readonly [string, string, string | undefined, string | undefined])[] = [
  ['(idle)', '', undefined, undefined],
  ['(root)', '', undefined, undefined],
  ['(garbage collector)', '', undefined, 'garbage collection'],
  ['(program)', '', undefined, 'V8 itself'],
  ['Script', 'node:vm', undefined, 'reading the kept code of the program'],
  ['readFileSync', 'node:fs', undefined, "Node's own modules"],
  ['writeBuffer', '', undefined, "Node's own modules"],
  ['', 'provision:text:1', undefined, 'expressions and templates of the playbook'],
  ['performTask', 'file:///program.js', '../../src/engine/task.ts', 'src/engine'],
  ['parse', 'file:///program.js', '../../node_modules/acorn/dist/acorn.mjs', 'library acorn'],
  ['sign', 'file:///program.js', '../../node_modules/@noble/curves/abstract/edwards.js', 'library @noble/curves'],
  ['seek', 'file:///program.js', '../../node_modules/ssh2/node_modules/asn1/lib/reader.js', 'library asn1'],
  ['', 'file:///program.js', undefined, 'the program as a whole'],
];

it.each(cases)('%s of %s in %s is %s', (functionName, url, source, part) => {
  const callFrame: CallFrame = { functionName, url, lineNumber: 1, columnNumber: 2 };
  const profile = { nodes: [{ id: 7, callFrame }], samples: [7, 7], timeDeltas: [1500, 500] };
  expect(partsOf(profile, () => source)).toEqual(part === undefined ? {} : { [part]: 2 });
});
