import { expect, it } from 'vitest';
import { type Diagnostic, ProvisionError } from '../../../../src/core/diagnostic.ts';
import { refused } from '../../../../src/modules/dhcpd/complaint.ts';

const staged = '/etc/dhcp/dhcpd.conf.provision-new';

function told(said: string): Partial<Diagnostic> {
  const error = refused({ path: '/etc/dhcp/dhcpd.conf', staged, text: 'one\ntwo\nthree\nfour\n', said });
  if (!(error instanceof ProvisionError)) throw error;
  const [{ message, renderedLine, transcript }] = error.diagnostics;
  return { message, ...(renderedLine !== undefined && { renderedLine }), ...(transcript && { transcript }) };
}

it('shows what dhcpd says, without what it always says, and the line that it names', () => {
  const said = `Internet Systems Consortium DHCP Server 4.4.3-P1
Copyright 2004-2022 Internet Systems Consortium.
All rights reserved.
For info, please visit https://www.isc.org/software/dhcp/
${staged} line 3: semicolon expected.
three
^
Configuration file errors encountered -- exiting

If you think you have received this message due to a bug rather
than a configuration issue please read the section on submitting
bugs on either our web page at www.isc.org or in the README file
before submitting a bug.  These pages explain the proper
process and the information we find helpful for debugging.

exiting.
`;
  expect(told(said)).toEqual({
    message: 'the server refuses the new /etc/dhcp/dhcpd.conf: line 3: semicolon expected.',
    renderedLine: 3,
    transcript: `/etc/dhcp/dhcpd.conf line 3: semicolon expected.
three
^

  1 | one
  2 | two
> 3 | three
  4 | four
  5 |`,
  });
});

it.each([
  ['bad range, address 10.9.1.2 not in subnet 10.9.0.0 netmask 255.255.255.0', undefined, /bad range, address/],
  ['/etc/dhcp/other.conf line 7: semicolon expected.', undefined, /other\.conf line 7/],
  [`Syntax check failed with: ${staged}:2.9-23: got unexpected keyword "x"`, 2, /got unexpected keyword "x"$/],
  [
    `2026-11-22 INFO  [kea-dhcp4.x/7.1] GOOD all\n2026-11-22 ERROR [kea-dhcp4.dhcp4/7.1] DHCP4_PARSER_FAIL failed: y (${staged}:4:16)\n`,
    4,
    /: failed: y \(/,
  ],
  ['', undefined, /no reason given/],
])('%s', (said, line, message) => {
  expect(told(said).renderedLine).toBe(line);
  expect(told(said).message).toMatch(message);
});
