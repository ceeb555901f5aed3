import { problem } from '../../core/diagnostic.ts';
import { args, Type } from '../../schema/schema.ts';
import { defineModule } from '../module.ts';

export const assertThat = defineModule({
  name: 'assert.that',
  description: 'Goes on only if every condition holds; changes nothing.',
  args: args({
    that: Type.Array(Type.Boolean(), {
      minItems: 1,
      description: 'conditions, each one lone tag that gives true or false: "<%= memory >= 512 %>"',
    }),
    message: Type.Optional(Type.String({ minLength: 1, description: 'what to tell the user when one does not hold' })),
  }),
  examples: [
    `that: ["<%= memory >= 512 %>", "<%= has('mac') %>"]\nmessage: a guest needs 512 MB and a fixed address`,
    'that: [true]',
  ],

  async read() {
    return {};
  },

  plan({ that, message }) {
    const index = that.indexOf(false);
    if (index < 0) return [];
    throw problem('PV5101', message ?? `condition ${index + 1} of ${that.length} does not hold`, {
      argument: ['that', index],
    });
  },
});
