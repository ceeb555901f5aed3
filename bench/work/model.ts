import type { Piece } from './template.ts';

/** The work of one host, as data; what every contender is given is written from it. Paths are below the host's folder. */
export type Task =
  | { readonly kind: 'directory'; readonly path: string; readonly mode: string; readonly owner: string }
  | { readonly kind: 'template'; readonly path: string; readonly mode: string; readonly template: string }
  | { readonly kind: 'line'; readonly path: string; readonly match: string; readonly line: string }
  | { readonly kind: 'command'; readonly creates: string }
  | { readonly kind: 'rule'; readonly port: number };

export type TaskOf<Kind extends Task['kind']> = Extract<Task, { kind: Kind }>;

export interface Variables {
  readonly base_port: number;
  readonly tls: boolean;
  readonly workers: readonly { readonly name: string; readonly weight: number }[];
}

export const variables: Variables = {
  base_port: 8000,
  tls: true,
  workers: numbers(4).map((number) => ({ name: `w${number}`, weight: number * 10 })),
};

/** The user of the directories, who has the same number on every Debian. */
export const owner = { name: 'www-data', id: 33 };
export const settingsFile = 'etc/sysctl.conf';
export const noOps = 200;

const setting = (number: number, value: number) => `net.opt.k${twoDigits(number)} = ${value}`;

/** The file in which lines are edited, as it is before. */
export const settingsBefore = ['# kernel settings', ...numbers(40).map((number) => setting(number, 0)), ''].join('\n');

/** W1: 50 tasks. */
export const tasks: readonly Task[] = [
  ...numbers(15).map((number): Task => ({ ...directory(number), owner: owner.name })),
  ...numbers(20).map((number): Task => {
    const { path } = directory(((number - 1) % 15) + 1);
    const name = `c${twoDigits(number)}.conf`;
    return { kind: 'template', path: `${path}/${name}`, mode: '0644', template: name };
  }),
  ...numbers(5).map((number): Task => {
    const match = `^net\\.opt\\.k${twoDigits(number * 7)} *=`;
    return { kind: 'line', path: settingsFile, match, line: setting(number * 7, number) };
  }),
  ...numbers(5).map((number): Task => ({ kind: 'command', creates: `built${number}` })),
  ...numbers(5).map((number): Task => ({ kind: 'rule', port: 8000 + number })),
];

export function tasksOf<Kind extends Task['kind']>(kind: Kind): readonly TaskOf<Kind>[] {
  return tasks.filter((task): task is TaskOf<Kind> => task.kind === kind);
}

/** The templates by the names of the files that come of them. */
export const templates: ReadonlyMap<string, readonly Piece[]> = new Map(
  tasksOf('template').map(({ template }, index) => [template, templatePieces(index + 1)]),
);

function templatePieces(number: number): readonly Piece[] {
  const server = { value: 'server' };
  const address = { value: 'address' };
  const option = (index: number): readonly Piece[] => [
    `option_${twoDigits(number)}_${twoDigits(index)} = "value for `,
    server,
    ` number ${index}"\n`,
  ];
  return [
    ...[`# managed file ${twoDigits(number)} on `, server, ' (', address, ')\n'],
    ...['server_name ', server, '.example.org\nlisten ', address, ':', { value: `base_port + ${number}` }, '\n'],
    ...['id ', { value: 'number' }, '\nroot ', { value: 'folder' }, '/app\n'],
    {
      workers: [
        ...['worker ', { value: 'worker.name' }, ' weight=', { value: 'worker.weight' }],
        ' max_fails=3 fail_timeout=10s\n',
      ],
    },
    { withTls: ['ssl_protocols TLSv1.2 TLSv1.3;\nssl_ciphers HIGH;\n'] },
    ...numbers(12).flatMap(option),
  ];
}

function directory(number: number) {
  const mode = number % 3 === 0 ? '0750' : '0755';
  return { kind: 'directory', path: `app/d${twoDigits(number)}`, mode } as const;
}

function numbers(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}

function twoDigits(number: number): string {
  return String(number).padStart(2, '0');
}
