import { aptPackage } from './apt/package.ts';
import { assertThat } from './assert/that.ts';
import { dhcpdConfig } from './dhcpd/config.ts';
import { fileAbsent } from './file/absent.ts';
import { fileContent } from './file/content.ts';
import { fileDirectory } from './file/directory.ts';
import { fileLine } from './file/line.ts';
import { fileLink } from './file/link.ts';
import { fileTemplate } from './file/template.ts';
import { firewallPolicy } from './firewall/policy.ts';
import { httpDownload } from './http/download.ts';
import { iptablesRule } from './iptables/rule.ts';
import { libvirtDomain } from './libvirt/domain.ts';
import { libvirtGuest } from './libvirt/guest.ts';
import { libvirtGuestAbsent } from './libvirt/guest-absent.ts';
import { libvirtGuestArrival } from './libvirt/guest-arrival.ts';
import { libvirtGuestDeparture } from './libvirt/guest-departure.ts';
import { libvirtNetwork } from './libvirt/network.ts';
import { libvirtPool } from './libvirt/pool.ts';
import { libvirtVolume } from './libvirt/volume.ts';
import type { AnyModule } from './module.ts';
import { natOneToOne } from './nat/one-to-one.ts';
import { portForward } from './port/forward.ts';
import { portForwardsAbsent } from './port/forwards-absent.ts';
import { shellCommand } from './shell/command.ts';
import { sshAuthorizedKey } from './ssh/authorized-key.ts';
import { systemdService } from './systemd/service.ts';
import { userAccount } from './user/account.ts';
import { waitFor } from './wait/for.ts';

/** Every module there is. */
export const modules: readonly AnyModule[] = [
  aptPackage,
  assertThat,
  dhcpdConfig,
  fileAbsent,
  fileContent,
  fileDirectory,
  fileLine,
  fileLink,
  fileTemplate,
  firewallPolicy,
  httpDownload,
  iptablesRule,
  libvirtDomain,
  libvirtGuest,
  libvirtGuestAbsent,
  libvirtGuestArrival,
  libvirtGuestDeparture,
  libvirtNetwork,
  libvirtPool,
  libvirtVolume,
  natOneToOne,
  portForward,
  portForwardsAbsent,
  shellCommand,
  sshAuthorizedKey,
  systemdService,
  userAccount,
  waitFor,
];

const byName = new Map(modules.map((module) => [module.name as string, module]));

export function findModule(name: string): AnyModule | undefined {
  return byName.get(name);
}
