import type { Look } from '../../core/plan.ts';
import { seedFiles, seedHome } from '../../installer/seed.ts';
import { missingFrom } from './compare-xml.ts';
import { serialLogOf } from './domain-definition.ts';
import { type DomainProof, readProofs } from './domain-proof.ts';
import { type ImageState, readGuestImage } from './guest-image.ts';
import type { GuestIntent } from './guest-intent.ts';
import { recordOf } from './guest-record.ts';
import { ownSeed } from './guest-seed.ts';
import { infoOf, lookUp, virsh } from './virsh.ts';
import { inspect, readVolume, type VolumeState } from './volume-state.ts';
import { parseXml } from './xml.ts';

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
    /** The clock of the hypervisor. */
    readonly now: string;
  };
  /** Of the definitions that are still to be put in place. */
  readonly proofs?: { readonly install?: DomainProof; readonly installed?: DomainProof };
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
  const [installation, proofs] = await Promise.all([
    installed ? undefined : readInstallation(intent, { kept: kept?.xml, volume }, look),
    installed ? readChange(intent, kept.xml, look) : readNew(intent, look),
  ]);
  return {
    ...(domain && { domain }),
    ...(volume && { volume }),
    seedLeft: seed !== undefined,
    ...installation,
    ...(proofs && { proofs }),
  };
}

/** Both definitions show the guest the same hardware. */
async function readNew({ install, installed }: GuestIntent, look: Look): Promise<GuestState['proofs']> {
  const [first, second] = await readProofs(look, [install, installed]);
  return { ...(first && { install: first }), ...(second && { installed: second }) };
}

/** Of a guest that is as it should be, nothing more is asked. */
async function readChange({ installed }: GuestIntent, kept: string, look: Look): Promise<GuestState['proofs']> {
  if (missingFrom(parseXml(kept, 'domain'), installed).length === 0) return undefined;
  const [proof] = await readProofs(look, [installed]);
  return proof && { installed: proof };
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
): Promise<Pick<GuestState, 'volume' | 'installation'>> {
  const log = (kept && serialLogOf(parseXml(kept, 'domain'))) ?? intent.log;
  const [inspected, image, text, clock] = await Promise.all([
    volume && inspect(look, volume, intent.image?.path),
    intent.image && readGuestImage(look, intent.image),
    look.readText(log),
    look.query(['date', '-u', '+%Y-%m-%dT%H:%M:%SZ']),
  ]);
  const installation = {
    holdsData: inspected?.holdsData ?? false,
    ...(image !== undefined && { image }),
    ...(text !== undefined && { log: text }),
    now: clock.stdout.trim(),
  };
  return { ...(inspected && { volume: inspected.volume }), installation };
}
