import { args, Type } from '../../schema/schema.ts';
import { defineModule } from '../module.ts';
import { planWholeFile, readWholeFile, wholeFileArgs, wholeFileThings } from './whole-file.ts';

export const fileContent = defineModule({
  name: 'file.content',
  description: 'A file with exactly this content.',
  args: args({
    content: Type.String({ description: 'the whole text; end it with a line break where the format wants one' }),
    ...wholeFileArgs,
  }),
  examples: [
    'path: /etc/motd\ncontent: |\n  Managed by provision.\nmode: "0644"',
    'path: /etc/sudoers.d/tuna\ncontent: |\n  tuna ALL=(ALL) NOPASSWD: ALL\nmode: "0440"\nvalidate: visudo -cf %s',
  ],

  read: readWholeFile,
  plan: planWholeFile,
  things: wholeFileThings,
});
