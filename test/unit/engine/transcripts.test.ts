import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Diagnostic } from '../../../src/core/diagnostic.ts';
import { Secrets } from '../../../src/core/secret.ts';
import { transcriber } from '../../../src/engine/transcripts.ts';

let folder: string;
let secrets: Secrets;
let losses: Diagnostic[];
const keep = { name: 'everest', began: '2026-11-22T05:00:00Z', kind: 'qemu-linux-1-vcpu-192mib' };
const pace = { total: 60, milestones: [] };

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'transcripts-'));
  secrets = new Secrets();
  losses = [];
});
afterEach(() => rmSync(folder, { recursive: true }));

function store(at = folder) {
  return transcriber({ folder: at, secrets, onLoss: (diagnostic) => void losses.push(diagnostic) });
}

describe('a transcript', () => {
  it('keeps all that was said, for the user alone', () => {
    const transcript = store()(keep);
    transcript.add('one\ntw');
    transcript.add('o\nthree');
    expect(readFileSync(transcript.path, 'utf8')).toBe('one\ntwo\n');
    transcript.close();
    expect(readFileSync(transcript.path, 'utf8')).toBe('one\ntwo\nthree');
    expect(statSync(transcript.path).mode & 0o777).toBe(0o600);
  });

  it('masks a secret that comes in two pieces', () => {
    secrets.add('correct horse');
    const transcript = store()(keep);
    for (const piece of ['password: correct ', 'horse\n']) transcript.add(piece);
    transcript.close();
    expect(readFileSync(transcript.path, 'utf8')).toBe('password: ********\n');
  });

  it('is written anew when the same installation is followed again, and five are kept of a guest', () => {
    for (let minute = 0; minute < 8; minute++) {
      const began = `2026-11-22T05:0${minute}:00Z`;
      store()({ ...keep, began }).add(`${minute}\n`);
    }
    const again = store()({ ...keep, began: '2026-11-22T05:07:00Z' });
    again.add('anew\n');
    store()({ ...keep, name: 'everest-2' });
    expect(readdirSync(folder).filter((file) => file.startsWith('everest-2026'))).toHaveLength(5);
    expect(readFileSync(again.path, 'utf8')).toBe('anew\n');
  });

  it('remembers how long the last five of a kind took', () => {
    expect(store()(keep).earlier).toEqual([]);
    for (let total = 1; total <= 7; total++) store()(keep).learn({ ...pace, total });
    expect(store()({ ...keep, name: 'lhotse' }).earlier.map(({ total }) => total)).toEqual([3, 4, 5, 6, 7]);
    expect(store()({ ...keep, kind: 'other' }).earlier).toEqual([]);
  });

  it('estimates nothing by a file that was cut short', () => {
    writeFileSync(join(folder, `${keep.kind}.json`), '[{"tot');
    expect(store()(keep).earlier).toEqual([]);
  });

  it('tells once that it cannot be written, and stops nothing', () => {
    writeFileSync(join(folder, 'file'), '');
    const transcript = store(join(folder, 'file'))(keep);
    transcript.add('one\n');
    transcript.learn(pace);
    transcript.close();
    expect(losses.map(({ code }) => code)).toEqual(['PV0005']);
  });
});
