// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the text is for a shell

import { problem } from '../core/diagnostic.ts';
import { quote, quoteWord } from '../core/quote.ts';
import type { ChainLink } from './exchange.ts';

/**
 * Reads one line and becomes it. POSIX `read` takes not a byte more than the line, whereas a shell that reads its
 * script from standard input may swallow what follows. No character in it means anything to fish, csh or rc.
 */
const become = 'IFS= read -r b; eval "$b"';

const searchPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** What the login shell is asked to run, best first. */
export function launchers(shell: string): readonly string[] {
  return [`exec ${shell} -c '${become}'`, `/bin/sh -c '${become}'`];
}

/** Leaves the login environment behind: only who we are comes along. */
export function cleanEnvironment(shell: string): string {
  const who = 'HOME="${HOME:-/}" USER="$USER" LOGNAME="$USER"';
  return `: "\${USER:=$(id -un)}"; exec env -i ${who} PATH=${searchPath} LC_ALL=C ${shell} -c '${become}'`;
}

/** Becomes another user; says `started` before it reads anything, so that nothing is taken for a password. */
export function sudoLine(options: {
  readonly user: string;
  readonly prompt: string;
  readonly started: string;
}): string {
  const sudo = `sudo -S -H -p ${quoteWord(options.prompt)} -u ${quoteWord(options.user)} --`;
  const path = `PATH="$PATH:${searchPath}"; LC_ALL=C; LANGUAGE=; export PATH LC_ALL LANGUAGE`;
  return `${path}; exec ${sudo} /bin/sh -c 'echo ${options.started}; ${become}'`;
}

/** Sends standard input on in pieces, each headed by its length, until one of length 0; reads nothing beyond it. */
const feed =
  '_i() { while IFS= read -r _c && [ "$_c" != 0 ]; do dd bs="$_c" count=1 iflag=fullblock; done 2>/dev/null; }';

/**
 * What stands around every request. A broken chain is a variable of the shell; the exit status is made one number, for
 * ksh adds 256 to the number of a signal where others add 128. What was stopped has failed, whatever exit status it
 * gives itself: who stops it tells the shell by a signal of its own. `_d` ends a request whose end may be told together
 * with the beginning of the next one. ksh93 makes a process of a subshell only when its limits are set, and what is no
 * process cannot be told to stop; nor can its own `sleep`, which we do without.
 */
const frame = [
  'trap _y=1 USR1',
  '_m() { echo "$_h$_k$1"; echo "$_h$_k$1" >&2; _h=; }',
  '_b() { eval "_v=\\$_f$2"; _y=; _m "B$1 $_v"; [ -z "$_v" ]; }',
  '_j() { case $KSH_VERSION in *93*) ulimit -S -c $(ulimit -S -c) ;; esac; }',
  '_s() { _q=$2; [ -z "$_y" ] || [ "$_q" -gt 128 ] || _q=143; [ "$_q" -le 256 ] || _q=$((_q-128)); case $3 in ?*) eval "_v=\\$_f$3"; ' +
    'if [ "$_v" ]; then _q=skip; else case " ${4-0} " in *" $_q "*) ;; *) eval "_f$3=1" ;; esac; fi ;; esac; }',
  '_e() { _s "$@"; _m "E$1 $_q"; }',
  '_d() { _s "$@"; _h="${_k}E$1 $_q$_n"; }',
];

/**
 * A line as long as the session: reads a request a line and runs it. `prefix` opens every mark; it is a variable of
 * the shell only, so that no command can know it.
 */
export function serveRequests(prefix: string, library: readonly string[]): string {
  return [
    'umask 022',
    'cd /; unset OLDPWD',
    'case $KSH_VERSION in *93*) builtin -d sleep ;; esac',
    `_k='${prefix}'`,
    `_n=$(printf '\\nx')`,
    '_n=${_n%x}',
    ...frame,
    feed,
    ...library,
    'echo "${_k}R$$"',
    'while IFS= read -r _l; do eval "$_l"; done',
  ].join('; ');
}

export interface RequestLine {
  readonly sequence: number;
  /** Made by `shellWords`: one line. */
  readonly command: string;
  readonly stdin: boolean;
  readonly tests?: boolean | undefined;
  readonly link?: ChainLink | undefined;
}

/**
 * One request. The command runs in a subshell, so that it cannot change the session; what it leaves of its standard
 * input is read away, so that the next request is found where it begins. To any shell but ours `_b` is an unknown
 * command, behind which nothing else is carried out: requests may leave before it is known who reads them.
 * `followed`: another one comes right behind.
 */
export function requestLine({ sequence, command, stdin, tests, link }: RequestLine, followed: boolean): string {
  const begin = link ? `_b ${sequence} ${link.chain.number}` : `_b ${sequence}`;
  const end = `${followed ? '_d' : '_e'} ${sequence} $?${link ? ` ${link.chain.number}${exitsWord(link)}` : ''}`;
  const forked = link ? '_j;' : '';
  const work = tests ? `{ ${command};}` : `( ${forked}${command} )`;
  if (!stdin) return `${begin}&&${work}</dev/null;${end}\n`;
  const fed = `_i|( ${forked}${work};s=$?;cat >/dev/null;exit $s )`;
  return link ? `if ${begin};then ${fed};else _i>/dev/null;fi;${end}\n` : `${begin}&&${fed};${end}\n`;
}

function exitsWord({ exits }: ChainLink): string {
  return exits.length === 1 && exits[0] === 0 ? '' : ` '${exits.join(' ')}'`;
}

/** An argv as shell text on one line. The first word is quoted in any case: `if` or an alias would be read as such. */
export function shellWords(argv: readonly string[]): string {
  const [program = '', ...rest] = argv;
  if (argv.some((word) => word.includes('\0'))) {
    throw problem('PV5027', `a NUL character cannot be passed to \`${program}\``, { help: 'take it out of the value' });
  }
  const words = rest.length > 0 ? ` ${quote(rest)}` : '';
  return `${quoteAlways(program)}${words}`.replaceAll('\n', `'"$_n"'`);
}

function quoteAlways(word: string): string {
  const quoted = quoteWord(word);
  return quoted === word ? `'${word}'` : quoted;
}
