import { problem } from '../core/diagnostic.ts';
import { execute } from './execute.ts';

/** The Debian mirror that this machine itself installs from, without a slash at its end. */
export async function machineMirror(): Promise<string> {
  const targets = ['apt-get', 'indextargets', '--format', '$(REPO_URI)', 'Created-By: Packages'];
  const found = (await execute(targets))
    .split('\n')
    .map((uri) => uri.replace(/\/+$/, ''))
    .find((uri) => /^https?:\/\/.*\/debian$/.test(uri));
  if (!found)
    throw problem('PV5603', "this machine's apt has no Debian mirror of the form `http://…/debian`", {
      help: 'add one to /etc/apt/sources.list.d/ and run `apt-get update`; the lab installs from it',
    });
  return found;
}
