import { describe, expect, it } from 'vitest';
import { type GuestRecord, recordOf, withRecord } from '../../../../src/modules/libvirt/guest-record.ts';
import { formatXml, parseXml } from '../../../../src/modules/libvirt/xml.ts';

const record: GuestRecord = {
  guest: 'everest',
  phase: 'installing',
  inputs: 'aa',
  definition: 'bb',
  volume: 'new',
  began: '2026-11-21T22:00:00Z',
};

describe("provision's own notes in the metadata of a domain", () => {
  it('are read as they were written', () => {
    const domain = parseXml('<domain><name>everest</name><uuid>6695</uuid></domain>', 'domain');
    expect(recordOf(formatXml(withRecord(domain, record)))).toEqual(record);
  });

  it('stand beside those of others', () => {
    const other = '<metadata><app:x xmlns:app="urn:app"/></metadata>';
    const domain = parseXml(`<domain><name>everest</name>${other}</domain>`, 'domain');
    const text = formatXml(withRecord(domain, record));
    expect(text).toContain('<app:x xmlns:app="urn:app"/>');
    expect(recordOf(text)).toEqual(record);
  });

  it('are found under another prefix', () => {
    const xml =
      '<domain><metadata><p:guest xmlns:p="urn:provision:guest:1" name="everest" phase="installed"/></metadata></domain>';
    expect(recordOf(xml)).toMatchObject({ guest: 'everest', phase: 'installed', volume: 'kept' });
  });

  it('are not there in a domain that provision did not make', () => {
    expect(recordOf('<domain><metadata><x xmlns="urn:other"/></metadata></domain>')).toBeUndefined();
    expect(recordOf('<domain/>')).toBeUndefined();
  });
});
