import { problem } from '../../core/diagnostic.ts';
import type { Step } from '../../core/plan.ts';
import { args, hostPath, oneOf, Type } from '../../schema/schema.ts';
import { defineModule } from '../module.ts';
import { directorySteps, fileSteps } from './authorized-key-steps.ts';
import { editKeys } from './edit-keys.ts';
import { keyFileThings, readKeyFile } from './key-file.ts';
import { type PublicKey, parseKeys } from './public-key.ts';

export const sshAuthorizedKey = defineModule({
  name: 'ssh.authorized_key',
  description: 'Public keys that may log in as a user. Other keys stay, with their comments and options.',
  args: args({
    user: Type.String({ pattern: '^[a-z_][a-z0-9_.-]{0,31}$', description: 'account that they open' }),
    key: Type.Optional(Type.String({ minLength: 1, description: 'a key as in its .pub file; several, a line each' })),
    keys: Type.Optional(Type.Array(Type.String({ minLength: 1 }), { description: 'several keys' })),
    state: oneOf(['present', 'absent'], { default: 'present', description: 'whether they may log in' }),
    exclusive: Type.Boolean({ default: false, description: 'remove every other key from the file' }),
    path: Type.Optional(hostPath('the file, if it is not .ssh/authorized_keys in the home of the user')),
  }),
  examples: [
    'user: tuna\nkey: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAM484HzbgFnD/RYrh1ycdk6uSZRT00KI5CG67ToyF2x tuna@desk',
    'user: root\nstate: absent\nkeys:\n' +
      '  - ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAM484HzbgFnD/RYrh1ycdk6uSZRT00KI5CG67ToyF2x tuna@desk',
  ],

  read: ({ user, path }, look) => readKeyFile(user, path, look),

  things: (_wanted, file) => (file ? keyFileThings(file) : []),

  plan({ user, key, keys, state, exclusive }, file): readonly Step[] {
    const wanted = keysOf(key, keys);
    if (exclusive && state === 'absent') {
      throw problem('PV5103', '`exclusive` goes with `state: present`', { argument: ['exclusive'] });
    }
    if (!file) {
      if (state === 'absent') return [];
      throw problem('PV5113', `there is no account ${user} on this host`, { argument: ['user'] });
    }
    const text = editKeys(file.text ?? '', { wanted, present: state === 'present', exclusive });
    if (state === 'absent') return text === (file.text ?? '') ? [] : fileSteps(file, text);
    return [...directorySteps(file), ...fileSteps(file, text)];
  },
});

function keysOf(key: string | undefined, keys: readonly string[] | undefined): PublicKey[] {
  if ((key === undefined) === (keys === undefined)) {
    throw problem('PV5103', 'ssh.authorized_key needs either `key` or `keys`, and not both');
  }
  if (key !== undefined) return parseKeys(key, ['key']);
  return (keys ?? []).flatMap((text, index) => parseKeys(text, ['keys', index]));
}
