import { type VerbName, verbs } from './verbs.ts';

export function isVerb(word: string | undefined): word is VerbName {
  return verbs.some(({ name }) => name === word);
}

/** The help of provision; each verb has its own. */
export function printHelp(): number {
  const width = Math.max(...verbs.map(({ name }) => name.length)) + 2;
  const rows = verbs.map(({ name, summary }) => `  ${name.padEnd(width)}${summary}`);
  process.stdout.write(`Usage: provision PLAYBOOK... [options]
       provision VERB ...

Makes hypervisors and their guests what playbooks and an inventory say, over SSH.

Verbs:
${rows.join('\n')}
  ${'help'.padEnd(width)}this text; \`provision help VERB\` for one verb

\`provision PLAYBOOK...\` is \`provision run PLAYBOOK...\`. \`provision --version\` prints the version.

Exit codes: 0 all well; 1 the files or the command line are wrong, nothing was touched; 2 a task failed;
3 a host could not be reached; 70 a mistake of provision; 74 not all that was printed could be written; 130 interrupted.
`);
  return 0;
}
