import type { Progress } from '../core/plan.ts';
import { plainText } from './console-text.ts';
import { type Failure, failureIn } from './installer-failure.ts';

/** A phase of the installer's text front end: `Installing the base system  ... 0%... 3%`. */
const phaseLine = /^(?!\[)(\S.*?)[.\s]* {2}\.\.\.(.*)$/;
const percentLine = /^[\s.]*\d+%[\s.\d%]*$/;
const hostKeyLine = /PROVISION-HOST-KEY (\S+) (AAAA[A-Za-z0-9+/=\s]+?) PROVISION-END/g;
/** The installer itself is over and the machine goes down; its disks are in order from here on. */
const goingDown = /^Requesting system (?:poweroff|halt|reboot)|^\[ *\d+\.\d+\] reboot: /m;

/** How much is kept to show. */
const keptText = 64 * 1024;
const screenLines = 24;

/**
 * What an installer's console says, read in pieces of any size: phase and percent, host keys of the new system, an
 * error screen, the end.
 */
export class SerialLog {
  private rest = '';
  private text = '';
  private readonly keys = new Map<string, string>();
  private current: Progress | undefined;
  private wrong: Failure | undefined;
  private down = false;

  /** True when the piece shows something; the clock of the status line and control sequences are nothing. */
  feed(piece: string): boolean {
    const { shown, rest } = plainText(this.rest + piece);
    this.rest = rest;
    const unread = this.text.lastIndexOf('\n') + 1;
    this.text += shown;
    const fresh = this.text.slice(unread);
    for (const line of fresh.split('\n')) this.readProgress(line);
    for (const [, type, blob] of this.text.matchAll(hostKeyLine)) {
      if (type && blob) this.keys.set(type, `${type} ${blob.replaceAll(/\s/g, '')}`);
    }
    this.wrong = failureIn(this.text) ?? this.wrong;
    this.down ||= goingDown.test(fresh);
    this.text = this.text.slice(-keptText);
    return /\S/.test(shown);
  }

  private readProgress(line: string): void {
    const [, named, behind] = phaseLine.exec(line) ?? [];
    const phase = named ?? (percentLine.test(line) ? this.current?.phase : undefined);
    const percents = behind ?? line;
    if (!phase) return;
    const percent = [...percents.matchAll(/(\d+)%/g)].at(-1)?.[1];
    this.current = { phase, ...(percent !== undefined && { percent: Number(percent) }) };
  }

  /** Where the installation stands. */
  get progress(): Progress | undefined {
    const line = this.lines().at(-1);
    return this.current && { ...this.current, ...(line !== undefined && { line }) };
  }

  /** Public host keys of the new system, one of each type: `ssh-ed25519 AAAA…`. */
  get hostKeys(): readonly string[] {
    return [...this.keys.values()];
  }

  /** The error or question at which the installer stands. */
  get failure(): Failure | undefined {
    return this.wrong;
  }

  /** The installer has done its last work and asked the machine to go down. */
  get goesDown(): boolean {
    return this.down;
  }

  /** A text or pattern has been seen; a line break in it is not found. */
  shows(marker: RegExp): boolean {
    return this.text.split('\n').some((line) => marker.test(line));
  }

  /** The last screen as text. */
  get screen(): string {
    return this.lines().slice(-screenLines).join('\n');
  }

  private lines(): readonly string[] {
    const trimmed = this.text.split('\n').map((line) => line.trimEnd());
    return trimmed
      .filter((line, at) => line !== '' || (at > 0 && trimmed[at - 1] !== ''))
      .join('\n')
      .trim()
      .split('\n');
  }
}
