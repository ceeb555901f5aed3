/** A script that makes rules as others have them on such a host: Docker's way, an administrator's, a ban. */
export const foreignRules = `set -e
for tables in iptables ip6tables; do
  enemy=192.0.2.66
  [ $tables = iptables ] || enemy=2001:db8::66
  $tables-restore --noflush <<END
*filter
:DOCKER - [0:0]
:DOCKER-USER - [0:0]
-A INPUT -s $enemy -j DROP
-A INPUT -p tcp -m tcp --dport 7777 -m comment --comment "an administrator's" -j ACCEPT
-A FORWARD -j DOCKER-USER
-A FORWARD -o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A FORWARD -o docker0 -j DOCKER
-A DOCKER ! -i docker0 -o docker0 -p tcp -m tcp --dport 5000 -j ACCEPT
-A DOCKER-USER -j RETURN
COMMIT
*nat
:DOCKER - [0:0]
-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER
-A OUTPUT -m addrtype --dst-type LOCAL -j DOCKER
-A DOCKER -i docker0 -j RETURN
COMMIT
END
done`;

/** A script that lists all rules that are neither ours nor libvirt's, in their order, and what chains do in the end. */
export const listForeignRules = `for table in filter nat; do iptables-save -t $table; ip6tables-save -t $table; done |
  grep -v "^#\\|PROVISION-\\|LIBVIRT_" | sed "s/ \\[[0-9:]*\\]$//"`;
