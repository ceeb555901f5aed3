import type { Look } from '../../core/plan.ts';
import { seedFiles, seedHome } from '../../installer/seed.ts';
import { serialLogOf } from './domain-definition.ts';
import { type ImageState, readGuestImage } from './guest-image.ts';
import type { GuestIntent } from './guest-intent.ts';
import { recordOf } from './guest-record.ts';
import { ownSeed } from './guest-seed.ts';
import { infoOf, lookUp, virsh } from './virsh.ts';
import { holdsData, readVolume, type VolumeState } from './volume-state.ts';
import { parseXml, textAt } from './xml.ts';

/** What there is of a guest on its hypervisor. */
export interface GuestState {
  readonly domain?: {
    /** The definition that it starts with next. */
    readonly xml: string;
    /** What it runs with, while it runs. */
    readonly running?: string;
    /** As `virsh dominfo` has it: `running`, `shut off`, `paused`. */
    readonly state: string;
    readonly autostart: boolean;
  };
  readonly volume?: VolumeState;
  /** A seed lies about: an installation is under way, or was never seen to its end. */
  readonly seedLeft: boolean;
  /** Left out for a guest that is installed. */
  readonly installation?: {
    readonly holdsData: boolean;
    /** The image that its volume is to be made of. */
    readonly image?: ImageState;
    /** Everything on the serial console so far. */
    readonly log?: string;
    /** The host can run domains of this type. */
    readonly offered: boolean;
    /** The clock of the hypervisor. */
    readonly now: string;
  };
}

/** One round trip for a guest that is installed, two for any other. */
export async function readGuest(intent: GuestIntent, look: Look): Promise<GuestState> {
  const { name, volume: wanted } = intent;
  const [kept, running, volume, seed] = await Promise.all([
    lookUp(look, 'domain', name),
    look.query(virsh('dumpxml', name), { exits: [0, 1] }),
    readVolume(look, wanted.pool, wanted.name),
    look.stat(seedFile(intent)),
  ]);
  const state = (kept && infoOf(kept.info, 'State')) ?? '';
  const domain = kept && {
    xml: kept.xml,
    ...(state !== 'shut off' && running.exit === 0 && { running: running.stdout }),
    state,
    autostart: infoOf(kept.info, 'Autostart') === 'enable',
  };
  const installed = kept && !intent.args.reinstall && recordOf(kept.xml)?.phase === 'installed';
  const installation = installed ? undefined : await readInstallation(intent, { kept: kept?.xml, volume }, look);
  return {
    ...(domain && { domain }),
    ...(volume && { volume }),
    seedLeft: seed !== undefined,
    ...(installation && { installation }),
  };
}

/** The one that is written last. */
function seedFile(intent: GuestIntent): string {
  const { seed, name, args, answers } = intent;
  if (seed.by !== 'http') return ownSeed(intent) ?? '';
  return `${seedHome(seed.network, args.address)}/${Object.keys(seedFiles(seed.form, name, answers)).at(-1)}`;
}

interface Found {
  readonly kept: string | undefined;
  readonly volume: VolumeState | undefined;
}

async function readInstallation(
  intent: GuestIntent,
  { kept, volume }: Found,
  look: Look,
): Promise<NonNullable<GuestState['installation']>> {
  const type = textAt(intent.install, '@type') ?? 'kvm';
  const log = (kept && serialLogOf(parseXml(kept, 'domain'))) ?? intent.log;
  const [data, image, text, capabilities, clock] = await Promise.all([
    volume ? holdsData(look, volume, intent.image?.path) : false,
    intent.image && readGuestImage(look, intent.image),
    look.readText(log),
    look.query(virsh('domcapabilities', '--virttype', type), { exits: [0, 1] }),
    look.query(['date', '-u', '+%Y-%m-%dT%H:%M:%SZ']),
  ]);
  return {
    holdsData: data,
    ...(image !== undefined && { image }),
    ...(text !== undefined && { log: text }),
    offered: capabilities.exit === 0,
    now: clock.stdout.trim(),
  };
}
