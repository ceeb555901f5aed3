import { problem } from '../../core/diagnostic.ts';
import type { Step } from '../../core/plan.ts';
import { args, type Infer, oneOf, Type } from '../../schema/schema.ts';
import { defineModule } from '../module.ts';
import { autostartSteps, startDomain } from './domain-steps.ts';
import { sshSchema } from './guest-args.ts';
import { awaitSsh } from './guest-boot.ts';
import { shutDown } from './guest-power.ts';
import { recordOf } from './guest-record.ts';
import { type MoveMark, markLeaving, moveMarkOf, removeMark } from './move-mark.ts';
import { infoOf, lookUp, runVirsh } from './virsh.ts';

const schema = args({
  name: Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._-]*$', description: 'name of the guest and of its domain' }),
  to: Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._-]*$', description: 'the hypervisor that it is moved to' }),
  live: Type.Boolean({
    default: false,
    description: 'for `away`: it is left running, for it is moved as it runs',
  }),
  state: oneOf(['away', 'back'], {
    default: 'away',
    description: '`away`: off, and marked so that nothing starts it; `back`: it runs, as if it had never left',
  }),
  address: Type.Optional(
    Type.String({
      pattern: '^[0-9]{1,3}(\\.[0-9]{1,3}){3}$',
      description: 'where its SSH server is awaited when it is back; left out: it is not awaited',
    }),
  ),
  ssh: sshSchema,
  within: Type.Integer({
    minimum: 1,
    default: 300,
    description: 'seconds that it may take to shut down in good order',
  }),
});

type Wanted = Infer<typeof schema>;

interface LeavingDomain {
  readonly state: string;
  readonly autostart: boolean;
  /** Left out: provision did not make it. */
  readonly installed?: boolean;
  readonly mark?: MoveMark;
}

export const libvirtGuestDeparture = defineModule<typeof schema, LeavingDomain>({
  name: 'libvirt.guest_departure',
  description:
    'The old hypervisor of a guest that is moved, for `provision move`: the guest is shut down, or left running until it has come ' +
    'over, and stays, off and marked, until the move is committed or taken back.',
  args: schema,
  examples: ['name: everest\nto: beta', 'name: everest\nto: beta\nstate: back\naddress: 192.168.101.100'],
  lasting: 'a guest that was moved goes back by another move',
  async read({ name }, look) {
    const kept = await lookUp(look, 'domain', name);
    if (!kept) return undefined;
    const [record, mark] = [recordOf(kept.xml), moveMarkOf(kept.xml)];
    return {
      state: infoOf(kept.info, 'State') ?? '',
      autostart: infoOf(kept.info, 'Autostart') === 'enable',
      ...(record && { installed: record.phase === 'installed' }),
      ...(mark && { mark }),
    };
  },
  plan(wanted, current) {
    const domain = ownDomain(wanted, current);
    return wanted.state === 'away' ? leave(wanted, domain) : comeBack(wanted, domain);
  },
});

function ownDomain({ name, to }: Wanted, domain: LeavingDomain | undefined): LeavingDomain {
  if (domain?.installed === undefined) {
    const help = '`provision status` shows where guests are';
    throw problem('PV5321', `there is no guest ${name} of provision's here`, { argument: ['name'], help });
  }
  if (domain.mark?.kind !== 'leaving' || domain.mark.to === to) return domain;
  throw problem('PV5316', `${name} is already being moved, to ${domain.mark.to}`, {
    argument: ['to'],
    help: `go on with \`provision move ${name} --to ${domain.mark.to}\`, or take that back: \`provision move ${name} --rollback\``,
  });
}

/** Marked first: from then on no run starts it again. A guest that has gone over running stays marked so. */
function leave({ name, to, within, live }: Wanted, { state, autostart, mark }: LeavingDomain): readonly Step[] {
  const off = state === 'shut off';
  const known = mark?.kind === 'leaving' && (off || live === (mark.live ?? false)) ? mark : undefined;
  const before = mark?.kind === 'leaving' ? mark.autostart : autostart;
  return [
    ...(known ? [] : [markLeaving(name, { kind: 'leaving', to, autostart: before, live })]),
    ...autostartSteps(name, false, autostart),
    ...(off || live ? [] : shutDown(name, { restart_within: within, restart_force: false })),
  ];
}

/** The mark goes last: until then the same command goes on. */
function comeBack(wanted: Wanted, { state, autostart, mark }: LeavingDomain): readonly Step[] {
  if (mark?.kind !== 'leaving') return [];
  const { name, address, ssh } = wanted;
  return [
    ...(state === 'shut off' ? [startDomain(name, `start ${name} again`)] : []),
    ...(state === 'paused' ? [{ title: `let ${name} go on`, effect: runVirsh('resume', name) }] : []),
    ...(address === undefined ? [] : [awaitSsh({ name, args: { address, ssh } })]),
    ...autostartSteps(name, mark.autostart, autostart),
    removeMark(name),
  ];
}
