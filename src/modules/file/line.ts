import { problem } from '../../core/diagnostic.ts';
import type { Look, Step } from '../../core/plan.ts';
import { args, oneOf, Type } from '../../schema/schema.ts';
import { defineModule } from '../module.ts';
import { editLines, type LineEdit } from './edit-lines.ts';
import { type Entry, followArgument, inTheWay, readEntry } from './entry.ts';
import { isText } from './text-difference.ts';
import { planWholeFile, type WholeFile, wholeFileArgs, wholeFileThings } from './whole-file.ts';

const regularExpression = (description: string) => Type.Optional(Type.String({ minLength: 1, description }));

export const fileLine = defineModule({
  name: 'file.line',
  description: 'One line of a text file, present or absent; the rest of the file stays as it is.',
  args: args({
    line: Type.Optional(Type.String({ pattern: '^[^\\r\\n]*$', description: 'the line, without its line break' })),
    match: regularExpression(
      'regular expression for lines that `line` replaces (the last one, if several match) or, with `state: absent`, ' +
        'that go (all of them)',
    ),
    state: oneOf(['present', 'absent'], { default: 'present', description: 'whether the line is there' }),
    insert_after: regularExpression('where nothing is replaced: put the line after the last line that matches'),
    insert_before: regularExpression('where nothing is replaced: put the line before the first line that matches'),
    create: Type.Boolean({ default: false, description: 'make the file if there is none' }),
    ...wholeFileArgs,
    follow: followArgument,
  }),
  examples: [
    'path: /etc/ssh/sshd_config\nline: PermitRootLogin prohibit-password\nmatch: "^#?PermitRootLogin "\nvalidate: sshd -t -f %s',
    'path: /etc/hosts\nline: 192.168.101.100 everest\ninsert_after: "^127\\\\."',
    'path: /etc/fstab\nmatch: "\\\\sswap\\\\s"\nstate: absent',
  ],

  read: (wanted, look) => readWithText(wanted.path, wanted.follow, look),
  things: wholeFileThings,

  plan({ line, match, state, insert_after, insert_before, create, ...file }, entry): readonly Step[] {
    const edit = checkEdit({ line, match, state, insertAfter: insert_after, insertBefore: insert_before });
    if (!entry?.stat) {
      if (state === 'absent') return [];
      if (!create) throw noFile(file.path);
    } else if (entry.stat.kind !== 'file') throw inTheWay(entry.path, entry.stat, 'file');
    else if (!isText(entry.text ?? '')) throw notText(entry.path);
    return planWholeFile({ ...file, content: editLines(entry?.text ?? '', edit) } satisfies WholeFile, entry);
  },
});

/** The text is asked for at once, with all the rest: most likely there is a file. */
async function readWithText(path: string, follow: boolean, look: Look): Promise<Entry | undefined> {
  const early = look.readText(path);
  // Where there is none, or something else, nobody wants to know why.
  early.catch(() => undefined);
  const entry = await readEntry(path, follow, look);
  if (entry?.stat?.kind !== 'file') return entry;
  const text = await (entry.path === path ? early : look.readText(entry.path));
  return text === undefined ? entry : { ...entry, text };
}

interface RawEdit {
  readonly line: string | undefined;
  readonly match: string | undefined;
  readonly state: 'present' | 'absent';
  readonly insertAfter: string | undefined;
  readonly insertBefore: string | undefined;
}

function checkEdit({ line, match, state, insertAfter, insertBefore }: RawEdit): LineEdit {
  if (line === undefined && (state === 'present' || match === undefined)) {
    const help = state === 'present' ? 'say what the line is' : 'say which line goes, by `line` or by `match`';
    throw problem('PV5103', 'file.line needs `line`', { help });
  }
  if (insertAfter !== undefined && insertBefore !== undefined) {
    throw problem('PV5103', '`insert_after` and `insert_before` exclude each other', { argument: ['insert_before'] });
  }
  return {
    state,
    ...(line !== undefined && { line }),
    ...(match !== undefined && { match: compile(match, 'match') }),
    ...(insertAfter !== undefined && { insertAfter: compile(insertAfter, 'insert_after') }),
    ...(insertBefore !== undefined && { insertBefore: compile(insertBefore, 'insert_before') }),
  };
}

function compile(pattern: string, argument: string): RegExp {
  try {
    return new RegExp(pattern, 'u');
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw problem('PV5106', why.replace(/^Invalid/, 'invalid'), { argument: [argument] });
  }
}

function noFile(path: string): Error {
  return problem('PV5102', `there is no file ${path}`, {
    argument: ['path'],
    help: 'set `create: true` to make it with this line alone',
  });
}

function notText(path: string): Error {
  return problem('PV5107', `${path} is not UTF-8 text, so its lines cannot be edited without damage`, {
    argument: ['path'],
  });
}
