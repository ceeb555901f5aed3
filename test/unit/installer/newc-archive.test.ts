import { describe, expect, it } from 'vitest';
import { newcArchive } from '../../../src/installer/newc-archive.ts';

describe('a newc archive', () => {
  const archive = Buffer.from(newcArchive([{ path: 'preseed.cfg', content: 'd-i a b c\n', mode: 0o600 }]));

  it('has the header, name and content that Linux expects, padded to four bytes', () => {
    const header = ['070701', '00000001', '00008180', '00000000', '00000000', '00000001', '00000000', '0000000a'].join(
      '',
    );
    expect(archive.toString('latin1', 0, 62)).toBe(header);
    expect(archive.toString('latin1', 110, 122)).toBe('preseed.cfg\0');
    expect(archive.toString('latin1', 124, 136)).toBe('d-i a b c\n\0\0');
    expect(archive.toString('latin1', 136, 142)).toBe('070701');
    expect(archive.toString('latin1', 246, 257)).toBe('TRAILER!!!\0');
    expect(archive.length % 4).toBe(0);
  });
});
