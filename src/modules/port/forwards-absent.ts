import { args, Type } from '../../schema/schema.ts';
import { defineModule } from '../module.ts';
import { describeForward, readRecords } from './forward-record.ts';
import { type AllForwards, readAllForwards } from './forward-state.ts';
import { forwardSteps } from './forward-steps.ts';

const schema = args({
  guest: Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._-]*$', description: 'whose forwards go' }),
});

export const portForwardsAbsent = defineModule<typeof schema, AllForwards>({
  name: 'port.forwards_absent',
  description: 'No port of the host reaches the guest any more; with the last forward goes all that kept them.',
  args: schema,
  examples: ['guest: everest'],
  lasting: 'forwards come back when the guest is installed anew',
  read: (_wanted, look) => readAllForwards(look),
  plan({ guest }, current) {
    if (!current) return [];
    const known = [...readRecords(current.v4.text), ...readRecords(current.v6.text)];
    const others = known.filter((forward) => forward.guest !== guest);
    const own = known.filter((forward) => forward.guest === guest);
    if (own.length === 0) return [];
    return forwardSteps(others, current, `forward no longer ${own.map(describeForward).join(', ')}`);
  },
});
