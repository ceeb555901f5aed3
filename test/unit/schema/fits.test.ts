import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { blockSchema, playSchema, promptSchema, taskSchema } from '../../../src/load/keywords.ts';
import { networkSchema } from '../../../src/load/network-schema.ts';
import { sshSchema } from '../../../src/load/ssh-settings.ts';
import { modules } from '../../../src/modules/registry.ts';
import { isUndecided } from '../../../src/schema/check.ts';
import { surelyFits } from '../../../src/schema/fits.ts';
import type { TSchema } from '../../../src/schema/schema.ts';
import { createAjv, violationsOf } from '../../../src/schema/validate.ts';

const schemas: readonly (readonly [string, TSchema])[] = [
  ...modules.map(({ name, args }) => [name, args] as const),
  ['a play', playSchema],
  ['a task', taskSchema],
  ['a block', blockSchema],
  ['a prompt', promptSchema],
  ['ssh', sshSchema],
  ['network', networkSchema],
];

type Data = Readonly<Record<string, unknown>>;

const anything = fc.constantFrom<unknown>(
  ...['', 'a', '/a', '0644', '<%= a %>', 'a<%= a %>', '😀', 'present', '10 GiB', 'true'],
  ...[0, -1, 1, 1.5, 22, 70_000, 1e300, Number.NaN, true, false, null, [], {}, ['a', 'a'], { a: 1 }],
);

/** Values that nearly fit: of each part of the schema what it wants, and now and then what others want. */
function nearly(schema: Data): fc.Arbitrary<unknown> {
  return fc.oneof({ arbitrary: fitting(schema), weight: 30 }, { arbitrary: anything, weight: 1 });
}

function fitting(schema: Data): fc.Arbitrary<unknown> {
  if (Array.isArray(schema.enum)) return fc.constantFrom<unknown>(...(schema.enum as unknown[]));
  if (Array.isArray(schema.anyOf)) return fc.oneof(...(schema.anyOf as Data[]).map(nearly));
  if ('const' in schema) return fc.constant(schema.const);
  if (typeof schema.pattern === 'string') return fc.stringMatching(new RegExp(schema.pattern, 'u'));
  if (schema.type === 'string') return fc.string({ minLength: (schema.minLength as number | undefined) ?? 0 });
  if (schema.type === 'integer' || schema.type === 'number') return fc.nat({ max: 300 });
  if (schema.type === 'boolean') return fc.boolean();
  if (typeof schema.items === 'object') return fc.array(nearly(schema.items as Data), { maxLength: 3 });
  const [named] = Object.values((schema.patternProperties ?? {}) as Readonly<Record<string, Data>>);
  if (named) return fc.dictionary(fc.stringMatching(/^[a-z]{1,5}$/), nearly(named), { maxKeys: 2 });
  return typeof schema.properties === 'object' ? mapOf(schema) : anything;
}

function mapOf({ properties, required }: Data): fc.Arbitrary<unknown> {
  const entries = Object.entries(properties as Record<string, Data>);
  const parts = Object.fromEntries(entries.map(([name, schema]) => [name, nearly(schema)]));
  const map = fc.record(parts, { requiredKeys: (required as string[] | undefined) ?? [] });
  return fc.oneof(
    { arbitrary: map, weight: 8 },
    { arbitrary: map.map((known) => ({ ...known, unheard: 1 })), weight: 1 },
    { arbitrary: fc.record(parts, { requiredKeys: [] }), weight: 1 },
  );
}

describe.each(schemas)('%s', (_name, schema) => {
  const ajv = createAjv({});
  const validate = ajv.compile(schema);

  it('is a schema that ajv takes in its strictest mode', () => {
    expect(ajv.validateSchema(schema)).toBe(true);
  });

  it('fits surely only where ajv finds nothing wrong, with the same defaults', () => {
    fc.assert(
      fc.property(nearly(schema as Data), (value) => {
        const [ours, theirs] = [structuredClone(value), structuredClone(value)];
        if (!surelyFits(schema, ours, 'final')) return;
        expect(validate(theirs)).toBe(true);
        expect(ours).toStrictEqual(theirs);
      }),
      { numRuns: 1000 },
    );
  });

  it('before rendering, fits surely only where no violation is left that no expression excuses', () => {
    fc.assert(
      fc.property(nearly(schema as Data), (value) => {
        if (!surelyFits(schema, structuredClone(value), 'templated')) return;
        expect(violationsOf(schema, structuredClone(value), isUndecided)).toEqual([]);
      }),
      { numRuns: 1000 },
    );
  });

  it('is tried with values of both kinds', () => {
    const values = fc.sample(nearly(schema as Data), { numRuns: 300, seed: 1 });
    expect(new Set(values.map((value) => surelyFits(schema, structuredClone(value), 'final'))).size).toBe(2);
  });
});

it('is sure of every example of every module: ajv need not be loaded where nothing is wrong', () => {
  const unsure = modules.flatMap(({ name, args, examples }) =>
    examples.filter((example) => !surelyFits(args, parse(example) ?? {}, 'templated')).map(() => name),
  );
  expect(unsure).toEqual([]);
});

it('takes an expression for what it may become, and text around one for text alone', () => {
  const schema = {
    type: 'object',
    properties: { count: { type: 'integer' }, mode: { type: 'string', pattern: '^0' } },
  };
  const fits = (value: object) => surelyFits(schema as unknown as TSchema, value, 'templated');
  expect(fits({ count: '<%= n %>', mode: '<%= m %>' })).toBe(true);
  expect(fits({ mode: '6<%= m %>' })).toBe(true);
  expect(fits({ count: '1<%= n %>' })).toBe(false);
  expect(surelyFits(schema as unknown as TSchema, { count: '<%= n %>' }, 'final')).toBe(false);
});
