import { args, hostPath, Type } from '../../schema/schema.ts';
import { defineModule } from '../module.ts';
import { pathThing } from '../path-thing.ts';
import { inTheWay } from './entry.ts';

export const fileLink = defineModule({
  name: 'file.link',
  description: 'A symbolic link that leads where it should; nothing but another link is ever replaced.',
  args: args({
    path: hostPath('the link itself'),
    target: Type.String({ minLength: 1, description: 'where it leads, as it is written into the link' }),
  }),
  examples: ['path: /etc/localtime\ntarget: /usr/share/zoneinfo/Europe/Berlin'],

  read: ({ path }, look) => look.stat(path),
  things: ({ path }, stat) => [pathThing(path, stat && { stat })],

  plan({ path, target }, stat) {
    if (stat && stat.kind !== 'link') throw inTheWay(path, stat, 'link');
    if (stat?.target === target) return [];
    return [
      {
        title: stat ? `lead ${path} to ${target}` : `link ${path} to ${target}`,
        ...(stat && { before: `${stat.target ?? ''}\n` }),
        after: `${target}\n`,
        effect: { kind: 'run', argv: ['ln', '-sfn', target, path] },
        touches: [`path:${path}`, `link:${path}`],
      },
    ];
  },
});
