import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Diagnostic } from '../../src/core/diagnostic.ts';
import { diagnosticsText, diagnosticText } from '../../src/report/diagnostic-text.ts';
import { markedSpan } from '../support/span.ts';

const screen = { width: 80, colour: false };

function screenFile(name: string): string {
  return readFileSync(new URL(`${name}.txt`, import.meta.url), 'utf8').trimEnd();
}

const everest = '    everest: { ip: 192.168.101.100, mac: »"02:33:33:33:33:33"«, ssh: { port: 10022 } }';

const cases: Record<string, Diagnostic> = {
  'unknown-argument': {
    code: 'PV5002',
    message: 'libvirt.domain has no argument `memroy`',
    at: markedSpan(
      'playbooks/web.yaml',
      `${'\n'.repeat(11)}  - name: define the VM\n    libvirt.domain:\n      »memroy«: 4096\n      vcpus: 2\n`,
    ),
    label: 'did you mean `memory`?',
    help: 'provision doc libvirt.domain',
  },
  'two-places': {
    code: 'PV5002',
    message: 'two guests have the MAC 02:33:33:33:33:33',
    at: markedSpan('inventory/hosts.yml', `guests:\n  hosts:\n${everest}\n`),
    label: '`everest` has it',
    related: [
      {
        at: markedSpan('inventory/more.yml', `${'\n'.repeat(100)}    k2:\n      mac: »"02:33:33:33:33:33"«\n`),
        message: '`k2` has it too',
      },
    ],
    help: 'leave one of them out: a missing `mac` is derived from the name of the guest',
  },
  'long-line': {
    code: 'PV5001',
    message:
      'a sentence that is longer than the screen is wide goes on in the next line, indented so that it is clear what belongs together',
    at: markedSpan(
      'playbooks/long.yml',
      `- shell.command: ${'echo one two three; '.repeat(8)}»fasle«; echo ${'x'.repeat(90)}\n`,
    ),
    label: 'a label that does not fit beside its mark stands beneath it, broken where it has to be',
  },
  tabs: {
    code: 'PV5001',
    message: 'a tab is shown as spaces and the mark stands right',
    at: markedSpan('templates/x.conf.ejs', 'first\n\tif (a)\t»b«\n'),
  },
  'wide-marks': {
    code: 'PV5001',
    message: 'marks that take two columns, or none, do not shift the mark',
    at: markedSpan('playbooks/names.yml', '- name: 仮想マシン 🖥 e\u0301te\u0301 »здесь« 終\n'),
    label: 'here',
  },
  'control-characters': {
    code: 'PV5001',
    message: 'nothing from a host or file acts on the terminal\u001b[31m',
    at: markedSpan('playbooks/evil.yml', '- name: »\u001b[2Jclear\u202e«\r\n'),
    transcript:
      'Get:1 0%\rGet:1 50%\rGet:1 100%\r\n\u001b[1;31mE:\u001b[0m no such\tpackage\u0007\n\u001b]0;title\u0007prompt$ \n',
  },
  transcript: {
    code: 'PV5001',
    message: '`everest` stopped at an error of the installer',
    transcript: Array.from({ length: 23 }, (_, index) => `line ${index + 1} of the serial log`).join('\n'),
    help: 'the whole transcript is in .provision/runs/1/everest.log\nprovision doc PV5001',
  },
  'many-lines-marked': {
    code: 'PV5001',
    message: 'of a stretch over many lines the first is marked',
    at: markedSpan('playbooks/block.yml', '- hosts: all\n  tasks: »\n    - a\n    - b«\n'),
  },
  'secret-values': {
    code: 'PV5001',
    message: 'whoever looks on while a mistake is told reads no password',
    at: markedSpan(
      'inventory/hosts.yml',
      '   b: { ssh: { password: hunter2, port: 22 }, password: \'<%= env("B") %>\' }\n' +
        '    password_hash: "with \\" quote" # why\n' +
        "    c: { ansible_ssh_pass: 'it''s', »pasword«: 12345678, token: [a] }\n",
    ),
    label: 'did you mean `password`?',
    related: [
      {
        at: markedSpan('inventory/more.yml', 'password: |\n  first\n\n  last\n»host«: alfa\n'),
        message: 'here too',
      },
    ],
  },
  'end-of-file': {
    code: 'PV5001',
    message: 'the file ends too early',
    at: markedSpan('playbooks/cut.yml', 'hosts: [a, b»«'),
    label: 'expected `]`',
  },
  'empty-source': {
    code: 'PV5001',
    message: 'the file is empty',
    at: markedSpan('playbooks/empty.yml', '»«'),
  },
};

describe('a diagnostic on a screen of 80 columns', () => {
  it.each(Object.entries(cases))('looks like %s.txt', (name, diagnostic) => {
    const text = diagnosticText(diagnostic, screen);
    expect(text).toBe(screenFile(name));
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  it('looks like many.txt when there are more than twenty', () => {
    const many = Array.from(
      { length: 23 },
      (_, index): Diagnostic => ({ code: 'PV5001', message: `mistake ${index}` }),
    );
    expect(diagnosticsText(many, screen)).toBe(screenFile('many'));
  });

  it('has colour only when asked for', () => {
    const diagnostic = cases['unknown-argument'] as Diagnostic;
    expect(diagnosticText(diagnostic, screen)).not.toContain('\u001b');
    expect(diagnosticText(diagnostic, { ...screen, colour: true })).toContain(
      '\u001b[31merror PV5002\u001b[39m: libvirt',
    );
  });

  it('says that it is only a warning', () => {
    const text = diagnosticText({ code: 'PV5001', message: 'careful' }, { ...screen, severity: 'warning' });
    expect(text).toBe('warning PV5001: careful');
  });

  it('breaks no sentence in a log, so that it can be searched for', () => {
    const diagnostic = cases['long-line'] as Diagnostic;
    const [first] = diagnosticText(diagnostic, { width: Number.POSITIVE_INFINITY, colour: false }).split('\n');
    expect(first).toBe(`error PV5001: ${diagnostic.message}`);
  });
});
