import type { Finding } from '../core/finding.ts';
import { createPaint } from './style.ts';
import { stripControls } from './terminal-text.ts';

export const findingForms = ['table', 'ndjson', 'junit'] as const;
export type FindingForm = (typeof findingForms)[number];

const inks = { ok: 'green', failed: 'red', skipped: 'dim' } as const;

/** A line for each thing that was tried, its message last; then how many ended how. */
export function findingTable(findings: readonly Finding[], { colour }: { readonly colour: boolean }): string {
  const paint = createPaint(colour);
  const width = (of: (finding: Finding) => string): number =>
    Math.max(0, ...findings.map((finding) => of(finding).length));
  const [hosts, abouts] = [width(({ host }) => host), width(({ about }) => about)];
  const lines = findings.map(({ host, about, status, message }) => {
    const result = paint(inks[status], status.padEnd('skipped'.length));
    return `${host.padEnd(hosts)}  ${about.padEnd(abouts)}  ${result}  ${stripControls(message)}`;
  });
  const counts = `ok ${countOf(findings, 'ok')}  failed ${countOf(findings, 'failed')}  skipped ${countOf(findings, 'skipped')}`;
  return [...lines, counts, ''].join('\n');
}

/** One object a line, as `docs/forwards.md` lists them. */
export function findingLines(findings: readonly Finding[]): string {
  return findings.map((finding) => `${JSON.stringify({ event: 'finding', v: 1, ...finding })}\n`).join('');
}

/** What CI servers read: a test suite for each host. */
export function findingJunit(findings: readonly Finding[]): string {
  const suites = [...new Set(findings.map(({ host }) => host))].map((host) => {
    const own = findings.filter((finding) => finding.host === host);
    const counts = `tests="${own.length}" failures="${countOf(own, 'failed')}" skipped="${countOf(own, 'skipped')}"`;
    return [`  <testsuite name="${xmlText(host)}" ${counts}>`, ...own.map(testCase), '  </testsuite>'].join('\n');
  });
  const total = `tests="${findings.length}" failures="${countOf(findings, 'failed')}" skipped="${countOf(findings, 'skipped')}"`;
  return ['<?xml version="1.0" encoding="UTF-8"?>', `<testsuites name="provision verify" ${total}>`, ...suites]
    .concat('</testsuites>', '')
    .join('\n');
}

function countOf(findings: readonly Finding[], wanted: Finding['status']): number {
  return findings.filter(({ status }) => status === wanted).length;
}

function testCase({ host, about, status, message, ms }: Finding): string {
  const open = `    <testcase classname="${xmlText(host)}" name="${xmlText(about)}" time="${(ms / 1000).toFixed(3)}">`;
  const inside = {
    ok: `<system-out>${xmlText(message)}</system-out>`,
    failed: `<failure message="${xmlText(message)}"/>`,
    skipped: `<skipped message="${xmlText(message)}"/>`,
  }[status];
  return `${open}${inside}</testcase>`;
}

function xmlText(text: string): string {
  const plain = stripControls(text);
  return plain.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
