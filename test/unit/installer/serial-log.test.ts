import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { SerialLog } from '../../../src/installer/serial-log.ts';

function fixture(name: string): string {
  return readFileSync(new URL(`../../installer/${name}.txt`, import.meta.url), 'utf8');
}

function read(output: string, length = 500): SerialLog {
  const log = new SerialLog(/System halted/);
  for (let at = 0; at < output.length; at += length) log.feed(output.slice(at, at + length));
  return log;
}

/** Every phase in its order, with the last percent shown in it. */
function phases(output: string): string[] {
  const log = new SerialLog(/System halted/);
  const list: string[] = [];
  for (let at = 0; at < output.length; at += 3) {
    log.feed(output.slice(at, at + 3));
    const { phase, percent } = log.progress ?? {};
    if (!phase) continue;
    const last = list.at(-1);
    const restarted = percent === undefined && !last?.endsWith(' -');
    if (!last?.startsWith(`${phase} `) || restarted) list.push(`${phase} ${percent ?? '-'}`);
    else list[list.length - 1] = `${phase} ${percent ?? '-'}`;
  }
  return list;
}

describe('the log of a whole Debian 13 installation', () => {
  const output = fixture('debian-installed');

  it('tells its phases with their percents', () => {
    expect(phases(output)).toEqual([
      'Detecting network hardware 100',
      'Detecting link on enp0s2; please wait 0',
      'Waiting for link-local address 100',
      'Attempting IPv6 autoconfiguration 100',
      'Configuring the network with DHCP 100',
      'Checking the Debian archive mirror 100',
      'Loading additional components 100',
      'Detecting disks and all other hardware 100',
      'Loading additional components 100',
      'Loading additional components 100',
      'Starting up the partitioner 100',
      'Guided partitioning 80',
      'Partitions formatting 33',
      'Installing the base system 100',
      'Configuring apt 100',
      'Select and install software 100',
      'Installing GRUB boot loader 100',
      'Finishing the installation 92',
    ]);
  });

  it('has no failure and ends in the halt of a machine without ACPI', () => {
    const log = read(output);
    expect(log.failure).toBeUndefined();
    expect(log.done).toBe(true);
    expect(log.goesDown).toBe(true);
  });

  it('does not go down before its end', () => {
    expect(read(output.slice(0, output.indexOf('The system is going down'))).goesDown).toBe(false);
  });
});

describe('the log of an installation with a wrong mirror', () => {
  const log = read(fixture('debian-wrong-mirror'));

  it('fails with the headline of the error screen and what to do', () => {
    expect(log.failure).toMatchObject({ kind: 'error', title: 'Bad archive mirror', complete: true });
    expect(log.failure?.help).toContain('`mirror_proxy`');
  });

  it('gives the last screen without control sequences and clock', () => {
    expect(log.screen.split('\n').slice(-19)).toEqual([
      'Checking the Debian archive mirror  ... 25%... 50%... 75%... 100%',
      'Choose a mirror of the Debian archive',
      '-------------------------------------',
      '',
      '!! ERROR: Bad archive mirror',
      '',
      'An error has been detected while trying to use the specified Debian archive',
      'mirror.',
      '',
      'Possible reasons for the error are: incorrect mirror specified; mirror is not',
      'available (possibly due to an unreliable network connection); mirror is broken',
      '(for example because an invalid Release file was found); mirror does not',
      'support the correct Debian version.',
      '',
      'Additional details may be available in /var/log/syslog or on virtual console 4.',
      '',
      'Please check the specified mirror or try a different one.',
      '',
      '[Press enter to continue]',
    ]);
  });
});

describe('what a console may say', () => {
  it('takes host keys from between their markers, one of each type', () => {
    const log = read(
      'Finishing the installation  ... 40%...PROVISION-HOST-KEY ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA== PROVISION-END\r\n' +
        'PROVISION-HOST-KEY ssh-rsa AAAAB3NzaC1yc2EAAAA\r\nDAQABAAABgQ PROVISION-END\r\n' +
        'PROVISION-HOST-KEY ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB== PROVISION-END\r\n',
      7,
    );
    expect(log.hostKeys).toEqual([
      'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB==',
      'ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQ',
    ]);
  });

  it('does not take a command that mentions the markers for a host key', () => {
    expect(
      read('d-i preseed/late_command string echo PROVISION-HOST-KEY $type $blob PROVISION-END\n').hostKeys,
    ).toEqual([]);
  });

  it.each([
    [
      'a question of the text front end',
      "\nConfigure the network\n-----\n\nNetwork autoconfiguration failed\n\n  1: Go Back       2: Continue\nPrompt: '?' for help, default=1> ",
      'question',
      'Configure the network',
      /reservation/,
    ],
    [
      'a note that waits for a key',
      '\nSoftware selection\n------------------\n\nSomething is odd\n\n[Press enter to continue] ',
      'question',
      'Software selection',
      /template/,
    ],
    [
      'a question of the dialog front end',
      '  ┌┤ [!!] Select a language ├┐\n',
      'question',
      'Select a language',
      /template/,
    ],
    [
      'a failed step',
      'Installation step failed\nAn installation step failed.',
      'error',
      'Installation step failed',
      /full disk/,
    ],
    [
      'a kernel panic',
      '[    1.2] Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)\n',
      'panic',
      'VFS: Unable to mount root fs on unknown-block(0,0)',
      /memory/,
    ],
    [
      'stale installer files',
      '\n!! ERROR: No kernel modules were found\n\nNo kernel modules were found.\n[Press enter to continue]',
      'error',
      'No kernel modules were found',
      /fetched anew/,
    ],
  ])('fails on %s', (_, output, kind, title, help) => {
    const { failure } = read(output);
    expect(failure).toMatchObject({ kind, title });
    expect(failure?.help).toMatch(help);
  });

  it('hears nothing in a clock that is drawn again', () => {
    const log = read('Installing the base system  ... 3%');
    const clock =
      '\u001b[H\u001b[7m\u001b[m\u001b[32m[           (1*installer)  2 shell  4- log           ][ Nov 21 21:54 ]\u001b[20;41H';
    expect(log.feed(clock)).toBe(false);
    expect(log.feed('... 4%')).toBe(true);
    expect(log.progress).toMatchObject({ phase: 'Installing the base system', percent: 4 });
  });

  it('keeps no more of a long log than it needs', () => {
    const log = read(`${'a line of kernel messages\r\n'.repeat(20_000)}the end\r\n`, 8192);
    expect(log.screen.split('\n')).toHaveLength(24);
    expect(log.screen).toMatch(/the end$/);
  });
});
