import type { Look, Stat } from '../core/plan.ts';

/** What stands at a path and, of a regular file, its SHA-256 in hex; in one round trip. */
export async function statAndDigest(path: string, look: Look): Promise<{ stat?: Stat; digest?: string }> {
  const [stat, digest] = await Promise.allSettled([look.stat(path), look.digest(path)]);
  if (stat.status === 'rejected') throw stat.reason;
  if (!stat.value) return {};
  if (stat.value.kind !== 'file') return { stat: stat.value };
  if (digest.status === 'rejected') throw digest.reason;
  return { stat: stat.value, ...(digest.value !== undefined && { digest: digest.value }) };
}
