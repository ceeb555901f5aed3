import { describe, expect, test } from 'vitest';
import { checksumOf } from '../../../../src/modules/http/checksum-entry.ts';

const sum = (digit: string): string => digit.repeat(64);
const folder = 'http://mirror.example.org/debian/images';
const sums = `${folder}/SHA256SUMS`;

describe('the checksum of a file', () => {
  test.each([
    [
      'is the entry at the same place',
      `${sum('1')}  ./netboot/linux\n${sum('2')}  ./cdrom/linux\n`,
      'netboot/linux',
      '1',
    ],
    ['may be marked as binary', `${sum('1')} *netboot/linux\n`, 'netboot/linux', '1'],
    ['may be written as BSD does', `SHA256 (netboot/linux) = ${sum('1').toUpperCase()}\n`, 'netboot/linux', '1'],
    ['may stand alone', `${sum('1')}\n`, 'netboot/linux', '1'],
    [
      'is found among equal names by the longest way',
      `${sum('1')}  linux\n${sum('2')}  netboot/linux\n`,
      'netboot/linux',
      '2',
    ],
    ['is found although the name is escaped', `${sum('1')}  a b.iso\n`, 'a%20b.iso', '1'],
    [
      'stands between the lines of a signature',
      `-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n${sum('1')}  linux\n`,
      'linux',
      '1',
    ],
  ])('%s', (_title, text, path, digit) => {
    expect(checksumOf(`${folder}/${path}`, sums, text)).toBe(sum(digit));
  });

  test('is found by the end of the path where the mirror is another one', () => {
    const text = `${sum('1')}  ./netboot/amd64/linux\n${sum('2')}  ./netboot/arm64/linux\n`;
    expect(checksumOf('http://10.77.0.1/copy/netboot/amd64/linux', sums, text)).toBe(sum('1'));
  });

  test('is missing: the entries of that name are told', () => {
    const text = `${sum('1')}  ./netboot/arm64/linux\n${sum('2')}  ./netboot/arm64/initrd.gz\n`;
    expect(() => checksumOf(`${folder}/netboot/amd64/linux`, sums, text)).toThrow(
      expect.objectContaining({
        message: `${sums} has no entry for netboot/amd64/linux`,
        diagnostics: [expect.objectContaining({ help: 'the nearest entries are netboot/arm64/linux' })],
      }),
    );
  });

  test('is not guessed where two entries fit', () => {
    const text = `${sum('1')}  ./linux\n${sum('2')}  ./amd64/linux\n`;
    expect(() => checksumOf('http://10.77.0.1/x/amd64/linux', sums, text)).toThrow('several entries that fit linux');
  });
});
