import type { Proof } from '../core/proof.ts';
import { createPaint } from './style.ts';
import { stripControls } from './terminal-text.ts';

export const proofForms = ['table', 'ndjson', 'junit'] as const;
export type ProofForm = (typeof proofForms)[number];

const inks = { ok: 'green', failed: 'red', skipped: 'dim' } as const;

/** A line for each thing that was tried, its message last; then how many ended how. */
export function proofTable(proofs: readonly Proof[], { colour }: { readonly colour: boolean }): string {
  const paint = createPaint(colour);
  const width = (of: (proof: Proof) => string): number => Math.max(0, ...proofs.map((proof) => of(proof).length));
  const [hosts, abouts] = [width(({ host }) => host), width(({ about }) => about)];
  const lines = proofs.map(({ host, about, status, message }) => {
    const result = paint(inks[status], status.padEnd('skipped'.length));
    return `${host.padEnd(hosts)}  ${about.padEnd(abouts)}  ${result}  ${stripControls(message)}`;
  });
  const counts = `proved ${countOf(proofs, 'ok')}  failed ${countOf(proofs, 'failed')}  skipped ${countOf(proofs, 'skipped')}`;
  return [...lines, counts, ''].join('\n');
}

/** One object a line, as `docs/verify.md` lists them. */
export function proofLines(proofs: readonly Proof[]): string {
  return proofs.map((proof) => `${JSON.stringify({ event: 'proof', v: 1, ...proof })}\n`).join('');
}

/** What CI servers read: a test suite for each host. */
export function proofJunit(proofs: readonly Proof[]): string {
  const suites = [...new Set(proofs.map(({ host }) => host))].map((host) => {
    const own = proofs.filter((proof) => proof.host === host);
    const counts = `tests="${own.length}" failures="${countOf(own, 'failed')}" skipped="${countOf(own, 'skipped')}"`;
    return [`  <testsuite name="${xmlText(host)}" ${counts}>`, ...own.map(testCase), '  </testsuite>'].join('\n');
  });
  const total = `tests="${proofs.length}" failures="${countOf(proofs, 'failed')}" skipped="${countOf(proofs, 'skipped')}"`;
  return ['<?xml version="1.0" encoding="UTF-8"?>', `<testsuites name="provision verify" ${total}>`, ...suites]
    .concat('</testsuites>', '')
    .join('\n');
}

function countOf(proofs: readonly Proof[], wanted: Proof['status']): number {
  return proofs.filter(({ status }) => status === wanted).length;
}

function testCase({ host, about, status, message, ms }: Proof): string {
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
