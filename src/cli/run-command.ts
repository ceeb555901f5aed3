import { join } from 'node:path';
import { Secrets } from '../core/secret.ts';
import type { RunRequest } from '../engine/request.ts';
import { run } from '../engine/run.ts';
import { findModule } from '../modules/registry.ts';
import { chooseReporter } from '../report/choose.ts';
import { terminalAsking } from './ask.ts';
import { checkStart } from './check-start.ts';
import { createAsk, createConfirm, createStep } from './confirm.ts';
import { expandLimit } from './expand-limit.ts';
import { exitInterrupted, hideInFailures } from './failure.ts';
import { guestOrders } from './guest-orders.ts';
import { journalFolder } from './journals.ts';
import { knownHostsOf } from './known-hosts-of.ts';
import { listPlays, type PlayList } from './list-plays.ts';
import { loadProject } from './load-project.ts';
import { openSecrets } from './open-secrets.ts';
import { runFlags } from './options.ts';
import { optionsHelp } from './parse-options.ts';
import { askPasswords } from './passwords.ts';
import type { Project, Selection } from './project.ts';
import { answerPrompts } from './prompts.ts';
import { recordAddresses } from './record-addresses.ts';
import { checkFiles, chooseRun, optionsOfRun, type Resumable } from './resume.ts';
import { runMade } from './run-made.ts';
import { type RunOptions, readRunOptions } from './run-options.ts';
import { abortOnSignals } from './signals.ts';
import { surroundingsOf } from './terminal.ts';
import { decideUnconfirmed } from './unconfirmed.ts';

const usage = `Usage: provision PLAYBOOK... [options]
       provision [PLAYBOOK...] --resume [RUN]

Makes the hosts of the inventory what the playbooks say. Run it again at any time: what is right is left alone.
\`--resume\` goes on with a run that failed, was interrupted or was killed, as it was started, at the task where it was.

${optionsHelp(runFlags)}
`;

/** `provision run PLAYBOOK…`. */
export async function runCommand(argv: readonly string[]): Promise<number> {
  const given = readRunOptions(argv);
  if (given.flags.help) return print(usage);
  const earlier = given.flags.resume === undefined ? undefined : chooseRun(given, journalFolder);
  const options = earlier ? optionsOfRun(earlier, given) : given;
  const { flags } = options;
  const files = { playbooks: options.playbooks, inventory: flags.inventory, extraVars: flags['extra-vars'] };
  const selection = selectionOf(options);
  const loaded = loadProject(files, selection);
  if (earlier) checkFiles(earlier, loaded);
  const project = { ...loaded, warnings: [...loaded.warnings, ...checkStart(loaded, selection)] };
  const lists = (['hosts', 'tasks', 'tags'] as const satisfies PlayList[]).filter((list) => flags[`list-${list}`]);
  if (lists.length > 0) return print(listPlays(project, selection, lists));
  return perform({ project, selection, options, ...(earlier && { earlier }) }, given.flags.unconfirmed);
}

interface Performing {
  readonly project: Project;
  readonly selection: Selection;
  readonly options: RunOptions;
  readonly earlier?: Resumable;
}

async function perform(performing: Performing, unconfirmed: RunOptions['flags']['unconfirmed']): Promise<number> {
  const { project, selection, options, earlier } = performing;
  const { flags } = options;
  const secrets = new Secrets();
  hideInFailures(secrets);
  const asking = terminalAsking();
  const asDone = earlier && (await decideUnconfirmed(earlier, { choice: unconfirmed, asking }));
  await openSecrets(project, secrets, { file: flags.identity, environment: process.env, asking });
  const orders = guestOrders(flags, { ...project, secrets });
  const passwords = await askPasswords(
    { ssh: flags['ask-pass'], become: flags['ask-become-pass'] },
    { secrets, asking },
  );
  const answering = { extra: project.extra, secrets, asking, ...(earlier && { known: earlier.made.answers }) };
  const prompted = await answerPrompts(project.playbooks, answering);
  const { addresses } = project.inventory;
  if (addresses && !flags.check) recordAddresses(addresses, (line) => process.stderr.write(`${line}\n`));
  const reporter = await chooseReporter(flags.output, {
    write: (text) => process.stdout.write(text),
    terminal: process.stdout.isTTY === true,
    ...surroundingsOf(process.stdout),
    diff: flags.diff,
    verbose: flags.verbose,
  });
  const { signal, release } = abortOnSignals();
  const request: RunRequest = {
    ...project,
    ...selection,
    overrides: orders.overrides,
    forks: options.forks,
    check: flags.check,
    diff: flags.diff,
    prompted,
    passwords,
    secrets,
    signal,
    modules: findModule,
    ask: createAsk({ yes: flags.yes, reporter, asking }),
    ...(flags.step && { step: createStep({ reporter, asking }) }),
    confirm: createConfirm({ yes: flags.yes, reporter, asking }),
    emit: (event) => reporter.on(event),
    knownHosts: knownHostsOf(project.inventory),
    journalFolder,
    made: runMade({ ...performing, prompted, secrets, ...(earlier && { resumes: earlier.id }) }),
    ...(earlier && asDone && { resumed: { earlier, asDone } }),
    debtFolder: join('.provision', 'owed'),
    transcriptFolder: join('.provision', 'installations'),
  };
  try {
    const exit = await run(request);
    if (exit === 0 && !signal.aborted) orders.check();
    return signal.aborted ? exitInterrupted : exit;
  } finally {
    await reporter.close();
    release();
  }
}

function selectionOf({ flags, tags, skipTags }: RunOptions): Selection {
  const { limit, 'start-at-task': startAt } = flags;
  return {
    tags,
    skipTags,
    ...(limit !== undefined && { limit: expandLimit(limit, journalFolder) }),
    ...(startAt !== undefined && { startAt }),
  };
}

function print(text: string): number {
  process.stdout.write(text);
  return 0;
}
