import { type ProvisionError, problem } from '../core/diagnostic.ts';

export interface Target {
  /** Inventory name. */
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly user: string;
}

/** What went wrong before we were logged in, from what Node and ssh2 say. */
export function connectionProblem(error: Error, target: Target, tried: readonly string[]): ProvisionError {
  const { name, host, port, user } = target;
  const { code = '', level = '' } = error as { readonly code?: string; readonly level?: string };
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN' || level === 'client-dns') {
    return problem('PV4001', `${name}: the name ${host} cannot be resolved`, {
      help: 'check `ssh.host` in the inventory: it may also be an address',
    });
  }
  if (code === 'ECONNREFUSED') {
    return problem('PV4002', `${name}: ${host} refuses connections on port ${port}`, {
      help: `is sshd running there, and is it port ${port}? (\`ssh.port\`)`,
    });
  }
  if (['ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'EHOSTDOWN'].includes(code) || level === 'client-timeout') {
    const why = code === 'ETIMEDOUT' || level === 'client-timeout' ? 'does not answer in time' : 'cannot be reached';
    return problem('PV4003', `${name}: ${host}:${port} ${why}`, {
      help: `is the machine on, and does a firewall let you through? try: nc -vz ${host} ${port}`,
    });
  }
  if (level === 'client-authentication' || /too many authentication failures/i.test(error.message)) {
    const ways =
      tried.length > 0 ? `tried: ${tried.join(', ')}` : 'there was nothing to try: no key, agent or password';
    return problem('PV4004', `${name}: ${host} does not let ${user} log in (${ways})`, {
      help: `try: ssh -p ${port} ${user}@${host}; set \`ssh.user\`, \`ssh.private_key_file\` or \`ssh.password\``,
    });
  }
  return problem('PV4012', `${name}: no SSH conversation with ${host}:${port}: ${error.message}`, {
    help: `is it an SSH server? try: ssh -v -p ${port} ${user}@${host}`,
  });
}
