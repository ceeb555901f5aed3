import { problem } from '../../core/diagnostic.ts';
import type { AskedElsewhere, Step } from '../../core/plan.ts';
import { pastInstallation } from '../../installer/past-installation.ts';
import { defineModule } from '../module.ts';
import { describeDifference, missingFrom } from './compare-xml.ts';
import { changesOf, describeChange } from './domain-changes.ts';
import { checkSameDomain, checkSameFirmware } from './domain-definition.ts';
import { checkProof } from './domain-proof.ts';
import { autostartSteps, defineDomain, startDomain } from './domain-steps.ts';
import { adoptedRecord, adopting } from './guest-adoption.ts';
import { guestSchema } from './guest-args.ts';
import { awaitFirstBoot, awaitSsh } from './guest-boot.ts';
import { beginInstallation, endOf, followInstallation } from './guest-installation.ts';
import { type GuestIntent, intentOf } from './guest-intent.ts';
import { type GuestRecord, recordOf, withRecord } from './guest-record.ts';
import { provideSeed, removeSeed } from './guest-seed.ts';
import { type GuestState, readGuest } from './guest-state.ts';
import { awaitingRestart, liveSteps, restartSteps } from './living-guest.ts';
import { type MoveMark, moveMarkOf, withMarkOf } from './move-mark.ts';
import { inSamePlaces } from './same-places.ts';
import { runVirsh, virsh } from './virsh.ts';
import { adjustVolume, growTitle, type VolumeState, type WantedVolume } from './volume-state.ts';
import { parseXml } from './xml.ts';

export const libvirtGuest = defineModule<typeof guestSchema, GuestState>({
  name: 'libvirt.guest',
  description:
    'The life of a guest: its disk, its installation (or the first boot of an image) followed on the serial console, ' +
    'the swap to the installed definition, its first answer. An installed guest is left alone.',
  args: guestSchema,
  lasting: 'a guest goes by `provision destroy`, and what it was is data',
  read: (args, look) => readGuest(intentOf(args), look),
  plan(args, current) {
    const intent = intentOf(args);
    const state = current ?? { seedLeft: false };
    const { domain } = state;
    if (args.reinstall)
      return domain ? reinstallation(intent, state) : onlyHere(args.name, reinstallation(intent, state));
    if (args.adopt && (domain === undefined || !recordOf(domain.xml)))
      return domain ? adoption(intent, state) : onlyHere(args.name, adoption(intent, state));
    if (!domain) return onlyHere(args.name, beginInstallation(intent, state));
    const record = ownRecord(intent, domain.xml);
    return record.phase === 'installing'
      ? resumeInstallation(intent, record, { ...state, domain })
      : keepInstalled(intent, record, { ...state, domain });
  },
  result(args, current) {
    const record = current?.domain && recordOf(current.domain.xml);
    if (!record) return { phase: 'absent' };
    const intent = intentOf(args);
    const running = record.phase === 'installed' ? current?.domain?.running : undefined;
    const waiting = running === undefined ? [] : awaitingRestart(intent, running);
    return {
      phase: record.phase,
      install_inputs_changed: record.inputs !== intent.inputs,
      restart_pending: waiting.length > 0,
      restart_for: waiting.map(describeDifference),
    };
  },
  notes(args, current) {
    const record = current?.domain && recordOf(current.domain.xml);
    if (record?.phase !== 'installed' || args.reinstall) return [];
    const intent = intentOf(args);
    const running = args.restart === 'never' ? current?.domain?.running : undefined;
    const waiting = running === undefined ? [] : awaitingRestart(intent, running);
    return [
      ...waiting.map((one) => `restart: ${describeDifference(one)}`),
      ...(record.inputs === intent.inputs
        ? []
        : [`reinstall: its seed or its installer is another now (--reinstall ${intent.name} brings it in)`]),
    ];
  },
  examples: [
    `name: everest
address: 192.168.101.100
xml: domain.xml.ejs
preseed: preseed.cfg.ejs
disk: { pool: vms, capacity: 100G }
seed: { by: http, listen: 192.168.101.1:2015 }`,
    `name: everest
address: 192.168.101.100
xml: domain.xml.ejs
preseed: user-data.yaml.ejs
network_config: network-config.yaml.ejs
disk: { pool: vms, capacity: 20G, image: /data/iso/debian-13-generic-amd64.qcow2 }
seed: { by: disk, file: /data/iso/everest-seed.iso }`,
  ],
});

type Present = GuestState & { readonly domain: NonNullable<GuestState['domain']> };

/** The record of a domain that provision made; any other is not touched. */
function ownRecord({ name, installed }: GuestIntent, xml: string): GuestRecord {
  checkSameDomain(name, installed, parseXml(xml, 'domain'));
  const record = recordOf(xml);
  refuseLeaving(name, moveMarkOf(xml));
  if (record) return record;
  throw problem('PV5306', `there is a domain ${name} that provision did not make`, {
    argument: ['name'],
    help: `give the guest another name, rename the other domain (virsh domrename), or take it as it is: --adopt ${name}`,
  });
}

/** The inventory may name another hypervisor than the one that has the guest. */
function onlyHere(name: string, steps: readonly Step[]): readonly Step[] {
  const unlessElsewhere: AskedElsewhere = {
    query: virsh('dumpxml', '--inactive', name),
    judge: ({ exit, stdout }, hypervisor) => {
      if (exit !== 0 || recordOf(stdout)?.guest !== name) return undefined;
      return problem('PV5317', `${name} is on ${hypervisor}; it is not installed a second time`, {
        argument: ['name'],
        help:
          `to move it with its disks: \`hypervisor: ${hypervisor}\` in the inventory, then \`provision move ${name} --to …\`; ` +
          `to give up what is there: \`provision destroy ${name}\` while the inventory says so`,
      }).diagnostics[0];
    },
  };
  return steps.map((step, at) => (at === 0 ? { ...step, unlessElsewhere } : step));
}

/** Two of one guest at once would have the same addresses and different data. */
function refuseLeaving(name: string, mark: MoveMark | undefined): void {
  if (mark?.kind !== 'leaving') return;
  throw problem('PV5316', `${name} is being moved to ${mark.to}, and what is here stays as it is`, {
    argument: ['name'],
    help:
      `go on with \`provision move ${name} --to ${mark.to}\`, or take it back: \`provision move ${name} --rollback\`; ` +
      `where it is done, the inventory says \`hypervisor: ${mark.to}\``,
  });
}

/** Asked for anew on each run, so nothing of it proves anything. */
function reinstallation(intent: GuestIntent, state: GuestState): readonly Step[] {
  if (state.domain) ownRecord(intent, state.domain.xml);
  const reason = 'a reinstallation was asked for';
  return beginInstallation(intent, state, { reason }).map((step) => ({ ...step, everyRun: reason }));
}

/** Of a volume without a domain, or of a domain that somebody else made. */
function adoption(intent: GuestIntent, state: GuestState): readonly Step[] {
  const { name, installed, args } = intent;
  const record = adoptedRecord(intent, state);
  if (state.domain) {
    checkSameDomain(name, installed, parseXml(state.domain.xml, 'domain'));
    return adopting(intent, state, keepInstalled(intent, record, { ...state, domain: state.domain }));
  }
  return adopting(intent, state, [
    ...(state.volume ? adjustVolume(intent.volume, state.volume) : []),
    ...defineDomain(name, { title: `define ${name} as installed`, xml: withRecord(installed, record) }),
    startDomain(name, `start ${name} from its disk`),
    ...autostartSteps(name, args.autostart, false),
  ]);
}

function resumeInstallation(intent: GuestIntent, record: GuestRecord, state: Present): readonly Step[] {
  const past = pastInstallation(state.installation?.log, endOf(intent));
  const age = ageOf(record, state.installation?.now);
  const follow = (): readonly Step[] => followInstallation(intent, record, { autostart: state.domain.autostart, age });
  if (past.kind === 'failed') return startOver(intent, record, state, `the last try stopped at “${past.title}”`);
  if (past.kind === 'done') return follow();
  if (state.domain.state !== 'shut off') return [...(state.seedLeft ? [] : provideSeed(intent)), ...follow()];
  // Without a log it was never started, unless the log went with a reboot of the host.
  if (past.kind === 'unstarted' && !state.installation?.holdsData)
    return beginInstallation(intent, state, record.volume === 'new' ? { reason: 'it was only half made' } : undefined);
  return startOver(intent, record, state, 'the last try was interrupted');
}

/** Seconds; both by the clock of the hypervisor. */
function ageOf({ began }: GuestRecord, now = ''): number {
  const age = (Date.parse(now) - Date.parse(began)) / 1000;
  return Number.isFinite(age) && age > 0 ? age : 0;
}

function startOver(intent: GuestIntent, record: GuestRecord, state: GuestState, reason: string): readonly Step[] {
  if (record.volume === 'new') return beginInstallation(intent, state, { reason });
  throw problem(
    'PV5308',
    `the installation of ${intent.name} cannot start over (${reason}): its volume held data before`,
    {
      help: `to keep the data, move the volume to another name; to give it up: --reinstall ${intent.name} (asks first)`,
    },
  );
}

function keepInstalled(intent: GuestIntent, record: GuestRecord, state: Present): readonly Step[] {
  const { name, args } = intent;
  const { running, state: power } = state.domain;
  const off = power === 'shut off';
  const boot = [...(off ? [startDomain(name)] : []), ...bootSteps(intent, state, off)];
  return [
    ...(state.volume ? adjustVolume(intent.volume, state.volume, off ? undefined : growLive(name)) : []),
    ...redefinition(intent, record, state),
    ...autostartSteps(name, args.autostart, state.domain.autostart),
    ...(running === undefined ? [] : liveSteps(intent, running)),
    ...(running === undefined ? [] : restartSteps(intent, awaitingRestart(intent, running))),
    ...boot,
  ];
}

/** A seed that lies about means that nobody has seen the guest answer yet. */
function bootSteps(intent: GuestIntent, { seedLeft }: GuestState, off: boolean): readonly Step[] {
  if (seedLeft) return [...awaitFirstBoot(intent), removeSeed(intent)];
  return off ? [awaitSsh(intent)] : [];
}

function redefinition(intent: GuestIntent, record: GuestRecord, { domain, proofs }: Present): readonly Step[] {
  const { name, installed, definition } = intent;
  checkProof(installed, proofs?.installed);
  const wanted = withRecord(installed, { ...record, definition });
  const kept = parseXml(domain.xml, 'domain');
  const differences = missingFrom(kept, wanted);
  if (differences.length === 0) return [];
  checkSameFirmware(name, installed, kept);
  const running = domain.running === undefined ? undefined : parseXml(domain.running, 'domain');
  const changes = changesOf(installed, kept, running ?? kept);
  const told = changes.map(running ? describeChange : describeDifference);
  const unseen = recordOf(domain.xml) ? 'its template names other things than before' : 'with the note of provision';
  const what = told.length > 0 ? told.join('; ') : unseen;
  return defineDomain(name, {
    title: `define ${name} anew (${what})`,
    xml: withMarkOf(inSamePlaces(wanted, kept), kept),
    differences,
  });
}

function growLive(name: string) {
  return (wanted: WantedVolume, current: VolumeState): Step => ({
    title: `live: ${growTitle(wanted, current)}`,
    effect: runVirsh('blockresize', name, current.path, `${wanted.capacity}B`),
  });
}
