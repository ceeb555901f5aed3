import { describe, expect, it } from 'vitest';
import { keywordSchemas } from '../../../src/load/keyword-schemas.ts';
import { networkSchema } from '../../../src/load/network-schema.ts';
import { sshSchema } from '../../../src/load/ssh-settings.ts';
import { moduleReference, referencePages } from '../../../src/schema/reference.ts';
import { args, oneOf, Type, templateVariants } from '../../../src/schema/schema.ts';

const module = {
  name: 'sample.module',
  description: 'Does nothing.',
  args: args({
    path: Type.String({ description: 'where | what' }),
    size: Type.Optional(Type.Integer({ minimum: 1, maximum: 9, description: 'how much' })),
    state: oneOf(['present', 'absent'], { default: 'present' }),
    rules: Type.Optional(Type.Array(args({ port: Type.Integer({ description: 'which port' }) }))),
    command: Type.Optional(Type.Union([Type.String(), Type.Array(Type.String())])),
    definition: Type.Optional(templateVariants(['install', 'installed'], 'the XML')),
    password: Type.Optional(Type.String({ secret: true })),
  }),
  examples: ['path: /a\nrules:\n  - port: 22\n'],
};

describe('moduleReference', () => {
  it('shows arguments, their kinds, bounds and defaults, and the examples as tasks', () => {
    expect(moduleReference(module)).toBe(`# sample.module

Does nothing.

## Arguments

| argument | takes | default |  |
| --- | --- | --- | --- |
| \`path\` | text | **required** | where \\| what |
| \`size\` | a whole number |  | how much; at least 1; at most 9 |
| \`state\` | \`present\` or \`absent\` | \`"present"\` |  |
| \`rules\` | a list (a map) |  |  |
| \`rules.port\` | a whole number | **required** | which port |
| \`command\` | text or a list (text) |  |  |
| \`definition\` | a template, with \`install\` and \`installed\` |  | the XML |
| \`password\` | text |  | never shown |

## Examples

\`\`\`yaml
- sample.module:
    path: /a
    rules:
      - port: 22
\`\`\`
`);
  });
});

describe('referencePages', () => {
  const pages = referencePages(
    [module],
    { ...keywordSchemas, ssh: sshSchema, network: networkSchema },
    {
      PV1001: { title: 'a title', explanation: 'An explanation.' },
    },
  );
  const textOf = (file: string) => pages.find((page) => page.file === file)?.text;

  it('has a page for each module, one for each kind of keyword, one for the codes, and one that leads to them', () => {
    expect(pages.map((page) => page.file)).toEqual([
      'README.md',
      'playbooks.md',
      'inventory.md',
      'codes.md',
      'sample.module.md',
    ]);
    expect(textOf('README.md')).toContain('| [sample.module](sample.module.md) | Does nothing. |');
    expect(textOf('codes.md')).toContain('## PV1001: a title\n\nAn explanation.\n');
    expect(textOf('playbooks.md')).toContain('| `notify` | text or a list (text) |');
    expect(textOf('inventory.md')).toContain('| `private_key_file` | text |');
  });
});
