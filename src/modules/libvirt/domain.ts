import { problem } from '../../core/diagnostic.ts';
import type { Seconds, Step } from '../../core/plan.ts';
import { args, type Infer, oneOf, Type, templateFile } from '../../schema/schema.ts';
import { defineModule } from '../module.ts';
import { describeDifference, missingFrom } from './compare-xml.ts';
import { checkSameDomain, inPlaceOf, parseDomain } from './domain-definition.ts';
import { checkProof, type DomainProof, readProofs } from './domain-proof.ts';
import { autostartSteps, defineDomain, startDomain } from './domain-steps.ts';
import { infoOf, lookUp, runVirsh, virsh } from './virsh.ts';
import { parseXml, type Xml } from './xml.ts';

const schema = args({
  xml: templateFile('template of its XML; only what it names is compared with what libvirt keeps'),
  state: oneOf(['running', 'stopped', 'defined'], {
    default: 'running',
    description: '`stopped`: shut down in good order; `defined`: running or not does not matter',
  }),
  autostart: Type.Optional(Type.Boolean({ description: 'start the domain when the host boots; left out: as it is' })),
});

type Wanted = Infer<typeof schema>;

interface Kept {
  /** The definition that the domain starts with next. */
  readonly xml: string;
  readonly running: boolean;
  readonly autostart: boolean;
}

interface DomainState {
  /** Left out: there is no such domain. */
  readonly kept?: Kept;
  /** Where there is something to define. */
  readonly proof?: DomainProof;
}

export const libvirtDomain = defineModule<typeof schema, DomainState>({
  name: 'libvirt.domain',
  description: 'A domain of libvirt as its XML says. For a guest that is to be installed, use `libvirt.guest`.',
  args: schema,
  lasting: 'another definition takes its place',
  async read({ xml }, look) {
    const { domain, ...definition } = parseDomain(xml);
    const kept = await lookUp(look, 'domain', domain);
    const settled = kept && missingFrom(parseXml(kept.xml, 'domain'), definition).length === 0;
    const [proof] = settled ? [] : await readProofs(look, [definition]);
    const state = kept && {
      xml: kept.xml,
      running: infoOf(kept.info, 'State') !== 'shut off',
      autostart: infoOf(kept.info, 'Autostart') === 'enable',
    };
    return { ...(state && { kept: state }), ...(proof && { proof }) };
  },
  plan(wanted, current) {
    const { domain: name, ...definition } = parseDomain(wanted.xml);
    const { kept, proof } = current ?? {};
    const autostart = autostartSteps(name, wanted.autostart ?? kept?.autostart ?? false, kept?.autostart ?? false);
    checkProof(definition, proof);
    if (!kept) {
      const start = wanted.state === 'running' ? [startDomain(name)] : [];
      return [...defineDomain(name, { title: `define ${name}`, xml: definition }), ...autostart, ...start];
    }
    return [...redefinition(name, definition, kept), ...autostart, ...powerSteps(name, wanted, kept)];
  },
  examples: ['{ xml: router.xml.ejs, autostart: true }', '{ xml: router.xml.ejs, state: stopped }'],
});

function redefinition(name: string, definition: Xml, current: Kept): readonly Step[] {
  const kept = parseXml(current.xml, 'domain');
  checkSameDomain(name, definition, kept);
  const differences = missingFrom(kept, definition);
  if (differences.length === 0) return [];
  const when = current.running ? '; takes effect when it starts next' : '';
  const title = `define ${name} anew (${differences.map(describeDifference).join('; ')})${when}`;
  return defineDomain(name, { title, xml: inPlaceOf(definition, kept), differences });
}

function powerSteps(name: string, { state }: Wanted, { running }: Kept): readonly Step[] {
  if (state === 'running' && !running) return [startDomain(name)];
  if (state !== 'stopped' || !running) return [];
  return [{ title: `shut ${name} down`, effect: runVirsh('shutdown', name) }, awaitOff(name)];
}

const shutdownTakes: Seconds = 120;

function awaitOff(name: string): Step {
  const late = problem('PV5311', `${name} did not shut down within ${shutdownTakes} seconds`, {
    help: `its system may not listen to the power button; \`virsh destroy ${name}\` pulls the plug`,
  });
  return {
    title: `wait until ${name} is off`,
    counts: false,
    effect: {
      kind: 'follow',
      query: virsh('domstate', name),
      every: 1,
      within: shutdownTakes,
      judge: () => (seen) => ({ kind: seen.output?.stdout.trim() === 'shut off' ? 'done' : 'more' }),
      late: () => late.diagnostics[0],
    },
  };
}
