import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import { Problems, problem } from '../core/diagnostic.ts';
import { type OpenSecrets, openSecretsFile } from '../load/secret-store.ts';
import {
  type LocatedSecretsFile,
  readSecretsFile,
  type SecretsFile,
  secretsFileText,
  secretsPath,
} from '../load/secrets-file.ts';
import { type IdentitySource, readIdentities } from './identity.ts';
import { defaultInventory } from './load-project.ts';
import { replaceFile } from './replace-file.ts';

/** The secrets of one inventory, as `provision secrets` works on them. */
export class SecretsDesk {
  readonly path: string;
  readonly source: IdentitySource;

  constructor(inventory: string | undefined, source: IdentitySource) {
    const path = inventory ?? defaultInventory;
    const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
    this.path = secretsPath(isFolder ? path : dirname(path));
    this.source = source;
  }

  /** `undefined` where there are no secrets yet. */
  find(): LocatedSecretsFile | undefined {
    const problems = new Problems();
    const file = readSecretsFile(this.path, problems);
    problems.throwIfAny();
    return file;
  }

  /** @throws ProvisionError PV2201 where there are no secrets yet */
  read(): LocatedSecretsFile {
    const file = this.find();
    if (file) return file;
    throw problem('PV2201', `there are no secrets yet: ${this.path} is missing`, { help: 'provision secrets init' });
  }

  async open(): Promise<OpenSecrets> {
    const file = this.read();
    return openSecretsFile(file, await readIdentities(this.source));
  }

  write(file: SecretsFile, before: LocatedSecretsFile | undefined): void {
    replaceFile(this.path, { before: before?.text, after: secretsFileText(file), code: 'PV2208' });
  }
}
