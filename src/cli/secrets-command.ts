import { problem } from '../core/diagnostic.ts';
import { didYouMean } from '../core/suggest.ts';
import { type Asking, terminalAsking } from './ask.ts';
import { editSecrets } from './edit-secrets.ts';
import { initSecrets } from './init-secrets.ts';
import { secretsFlags } from './options.ts';
import { optionsHelp, parseOptions } from './parse-options.ts';
import { addRecipient, removeRecipient, rotateSecrets } from './secret-recipients.ts';
import { setSecret, showSecrets } from './secret-values.ts';
import { SecretsDesk } from './secrets-desk.ts';

const usage = `Usage: provision secrets init                         an identity for you, and an empty file of secrets
       provision secrets show [NAME]                  names and recipients, or one secret in the clear
       provision secrets set NAME                     a secret, from a prompt or standard input
       provision secrets edit                         all of them in your editor, in memory only
       provision secrets add-recipient NAME age1...   somebody else can open them, too
       provision secrets remove-recipient NAME        somebody no longer can; also rotates
       provision secrets rotate                       all encrypted anew, with another key

Keeps secrets.age.yml beside the inventory, encrypted with age. \`!secret NAME\` in the inventory or a playbook stands for one.

${optionsHelp(secretsFlags)}
`;

/** What a subcommand is given. */
export interface SecretsCall {
  readonly desk: SecretsDesk;
  readonly words: readonly string[];
  readonly flags: ReturnType<typeof parse>['options'];
  readonly asking: Asking;
}

interface Subcommand {
  /** What its words are. */
  readonly takes: readonly string[];
  readonly optional?: true;
  readonly act: (call: SecretsCall) => Promise<string>;
}

const subcommands: Readonly<Record<string, Subcommand>> = {
  init: { takes: [], act: initSecrets },
  show: { takes: ['NAME'], optional: true, act: showSecrets },
  set: { takes: ['NAME'], act: setSecret },
  edit: { takes: [], act: editSecrets },
  'add-recipient': { takes: ['NAME', 'age1...'], act: addRecipient },
  'remove-recipient': { takes: ['NAME'], act: removeRecipient },
  rotate: { takes: [], act: rotateSecrets },
};

/** `provision secrets …`. */
export async function secretsCommand(argv: readonly string[]): Promise<number> {
  const { options, words } = parse(argv);
  const [name, ...rest] = words;
  if (options.help || name === undefined) return print(usage);
  const subcommand = subcommands[name];
  if (!subcommand) {
    const help = didYouMean(name, Object.keys(subcommands)) ?? 'provision secrets --help';
    throw problem('PV0003', `there is no \`secrets ${name}\``, { help });
  }
  refuseWords(name, subcommand, rest);
  const asking = terminalAsking();
  const desk = new SecretsDesk(options.inventory[0], { file: options.identity, environment: process.env, asking });
  return print(await subcommand.act({ desk, words: rest, flags: options, asking }));
}

function parse(argv: readonly string[]) {
  return parseOptions(argv, secretsFlags);
}

function refuseWords(name: string, { takes, optional }: Subcommand, words: readonly string[]): void {
  if (words.length === takes.length || (optional && words.length === 0)) return;
  const usage = ['provision secrets', name, ...takes].join(' ');
  const extra = words.length > takes.length;
  // What stands too many on the command line may be the secret itself.
  throw problem('PV0003', `\`secrets ${name}\` takes ${extra ? 'fewer' : 'more'} words`, { help: usage });
}

function print(text: string): number {
  process.stdout.write(text);
  return 0;
}
