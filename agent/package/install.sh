#!/bin/sh
# Installs the Lifeboat agent on this machine. See --help.
set -eu

usage() {
  cat <<'USAGE'
usage: ./install.sh [--config FILE] [--identity DIR] [--no-start]

Installs the agent from the unpacked package, or upgrades the one that is installed, as root:

  /opt/lifeboat-agent           programs and their runtime; replaced by an upgrade
  /usr/local/bin/lifeboat-agent the command
  /etc/lifeboat                 agent.yaml and identity; never overwritten without --config or --identity
  /var/lib/lifeboat             what the agent remembers; never touched
  lifeboat-agent.service        enabled; started as soon as there is a configuration

  --config FILE    takes FILE as /etc/lifeboat/agent.yaml
  --identity DIR   takes tls.crt, tls.key and ca.crt of DIR as /etc/lifeboat/identity
  --no-start       neither stops nor starts the agent

Nothing is lost by an upgrade: capture goes on in the kernel while the agent is exchanged.
/opt/lifeboat-agent/uninstall.sh removes all of it.
USAGE
}

fail() { echo "install.sh: $*" >&2; exit 1; }

config='' identity='' start=1
while [ $# -gt 0 ]; do
  case $1 in
    --config | --identity)
      [ $# -ge 2 ] || fail "$1 wants a value; see --help"
      if [ "$1" = --config ]; then config=$2; else identity=$2; fi
      shift 2
      ;;
    --no-start) start=0; shift ;;
    -h | --help) usage; exit 0 ;;
    *) echo "install.sh: unknown option $1" >&2; usage >&2; exit 2 ;;
  esac
done

# ---- everything is asked before anything is changed ----
here=$(cd "$(dirname "$0")" && pwd)
home=/opt/lifeboat-agent
[ "$(id -u)" -eq 0 ] || fail "root is needed: run 'sudo ./install.sh'"
[ "$(uname -m)" = x86_64 ] || fail "this package is for x86_64, this machine is $(uname -m)"
[ -x "$here/runtime/bin/java" ] || fail "run it from the unpacked package: there is no runtime beside it"
[ "$here" != "$home" ] || fail "this is the installed agent: run it from the unpacked package of the version to install"
kernel=$(uname -r)
major=${kernel%%.*} rest=${kernel#*.}
minor=${rest%%[!0-9]*}
if [ "$major" -lt 5 ] || { [ "$major" -eq 5 ] && [ "$minor" -lt 10 ]; }; then
  fail "the agent captures on kernel 5.10 or newer, this one is $kernel: update it"
fi
[ -r /sys/kernel/btf/vmlinux ] || fail "kernel $kernel tells no types (no /sys/kernel/btf/vmlinux): boot one with CONFIG_DEBUG_INFO_BTF"
[ -d /run/systemd/system ] || fail "systemd does not run here, and the agent is a service of it"
[ -z "$config" ] || [ -r "$config" ] || fail "there is no configuration $config"
for file in tls.crt tls.key ca.crt; do
  [ -z "$identity" ] || [ -r "$identity/$file" ] || fail "the identity $identity lacks $file"
done
wanted=$(du -sm "$here" | cut -f1)
mkdir -p /opt
free=$(df -Pm /opt | awk 'NR == 2 {print $4}')
[ "$free" -ge $((wanted + 64)) ] || fail "/opt has $free MiB free, the agent takes $wanted and leaves 64: make room"

# ---- programs: complete beside the old ones, then exchanged while no agent reads them ----
old=$(cat $home/version 2>/dev/null || true)
rm -rf $home.new $home.old
trap 'rm -rf $home.new' EXIT
# With their times: the archive of classes is of these jars and no others.
cp -Rp "$here" $home.new
chown -R 0:0 $home.new
rm -f $home.new/install.sh
if [ $start = 1 ] && [ -n "$old" ]; then systemctl stop lifeboat-agent; fi
if [ -e $home ]; then mv $home $home.old; fi
mv $home.new $home
rm -rf $home.old
mkdir -p /usr/local/bin
ln -sfn $home/bin/lifeboat-agent /usr/local/bin/lifeboat-agent

# ---- configuration ----
install -d -m 755 /etc/lifeboat
install -d -m 700 /var/lib/lifeboat
install -m 644 $home/agent.yaml.example /etc/lifeboat/agent.yaml.example
[ -z "$config" ] || install -m 600 "$config" /etc/lifeboat/agent.yaml
if [ -n "$identity" ]; then
  install -d -m 700 /etc/lifeboat/identity
  for file in tls.crt tls.key ca.crt; do install -m 600 "$identity/$file" "/etc/lifeboat/identity/$file"; done
fi

# ---- service ----
install -m 644 $home/lifeboat-agent.service /etc/systemd/system/lifeboat-agent.service
systemctl daemon-reload
systemctl --quiet enable lifeboat-agent
version=$(cat $home/version)
if [ -n "$old" ]; then echo "lifeboat-agent $version installed over $old"; else echo "lifeboat-agent $version installed"; fi
if [ $start = 0 ]; then
  exit 0
elif [ ! -e /etc/lifeboat/agent.yaml ]; then
  echo "next: paste the command of this machine's ProtectedVM, or write /etc/lifeboat/agent.yaml (agent.yaml.example is beside it), then 'systemctl start lifeboat-agent'"
else
  systemctl start lifeboat-agent
  echo "running: 'lifeboat-agent status' says how it goes"
fi
