import type { Grammar } from './grammar.ts';

/** The first boot of a cloud image. */
export const cloudInit: Grammar = {
  phases: [
    { line: /Cloud-init v\. \S+ running 'init-local'/, phase: 'cloud-init looks for its seed' },
    { line: /Cloud-init v\. \S+ running 'init'/, phase: 'cloud-init sets up the network' },
    { line: /Cloud-init v\. \S+ running 'modules:config'/, phase: 'cloud-init configures the guest' },
    { line: /Cloud-init v\. \S+ running 'modules:final'/, phase: 'cloud-init installs software' },
  ],
  stops: [
    { kind: 'error', line: /(Cloud-init v\. \S+ finished at .*DataSourceNone.*)/, complete: /Up [\d.]+ seconds/ },
    { kind: 'error', line: /(Failed (?:loading yaml blob|to start cloud-\S+).*|.*Invalid cloud-config provided.*)/ },
  ],
  advice: [
    {
      words: /DataSourceNone/,
      help: 'the guest did not find its seed: attach it as a virtio disk with the label `cidata`',
    },
    { words: /yaml blob|cloud-config/i, help: 'mend user-data in the template of the seed' },
  ],
  hostKeys: { from: /BEGIN SSH HOST KEY KEYS/, to: /END SSH HOST KEY KEYS/ },
};
