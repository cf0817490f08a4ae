#!/bin/sh
# Removes the Lifeboat agent from this machine. See --help.
set -eu

usage() {
  cat <<'USAGE'
usage: /opt/lifeboat-agent/uninstall.sh [--keep-configuration]

Ends the agent and its capture in the kernel, and removes programs, service, configuration, identity and state, as root.
Recovery points in the vault stay.

  --keep-configuration   leaves /etc/lifeboat and /var/lib/lifeboat: the agent that is installed next is the same machine
USAGE
}

fail() { echo "uninstall.sh: $*" >&2; exit 1; }

keep=0
while [ $# -gt 0 ]; do
  case $1 in
    --keep-configuration) keep=1; shift ;;
    -h | --help) usage; exit 0 ;;
    *) echo "uninstall.sh: unknown option $1" >&2; usage >&2; exit 2 ;;
  esac
done
[ "$(id -u)" -eq 0 ] || fail "root is needed: run it with sudo"
home=/opt/lifeboat-agent
config=/etc/lifeboat/agent.yaml

if [ -e /etc/systemd/system/lifeboat-agent.service ]; then
  systemctl --quiet disable --now lifeboat-agent || fail "the service does not end: see 'systemctl status lifeboat-agent'"
fi
if [ -e $config ] && [ -x $home/bin/lifeboat-agent ]; then
  $home/bin/lifeboat-agent detach --config $config ||
    fail "the capture in the kernel was not ended, and nothing is removed: mend $config, or remove its bpfDirectory, and run this again"
fi
# Without a configuration it can be pinned nowhere else; removing the pins ends the capture.
rm -rf /sys/fs/bpf/lifeboat
rm -f /etc/systemd/system/lifeboat-agent.service /usr/local/bin/lifeboat-agent
systemctl daemon-reload
[ $keep = 1 ] || rm -rf /etc/lifeboat /var/lib/lifeboat
rm -rf $home $home.new $home.old
echo "lifeboat-agent removed"
