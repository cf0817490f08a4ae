#!/bin/sh
# Installs the Lifeboat agent on this machine and enrols it. The command that fetched this has checked the authority
# (ca.crt beside it), and what comes now is of that authority. Nothing stays of its folder.
set -eu

fail() { echo "lifeboat: $*" >&2; exit 1; }

here=$(cd "$(dirname "$0")" && pwd)
case $here in
  /var/tmp/lifeboat.*) trap 'rm -rf "$here"' EXIT ;;
  *) fail "copy the whole command of the machine: it fetches this script and checks where it comes from" ;;
esac

endpoint='' ca='' token=${LIFEBOAT_TOKEN:-}
unset LIFEBOAT_TOKEN
while [ $# -gt 1 ]; do
  case $1 in
    --endpoint) endpoint=$2 ;;
    --ca-sha256) ca=$2 ;;
    *) fail "unknown option $1: copy the whole command" ;;
  esac
  shift 2
done
if [ -z "$endpoint" ] || [ -z "$token" ] || [ -z "$ca" ]; then fail "copy the whole command"; fi
[ "$(id -u)" -eq 0 ] || fail "root is needed: paste the command as root"

echo "fetching the agent from $endpoint"
# By its input: arguments can be read by every user of this machine.
code=$(printf 'Authorization: Bearer %s\n' "$token" |
  curl -sS --cacert "$here/ca.crt" -H @- -o "$here/agent.tar.gz" -w '%{http_code}' "https://$endpoint/v1/package")
[ "$code" = 200 ] || fail "$(head -c 500 "$here/agent.tar.gz")"
mkdir "$here/package"
tar -C "$here/package" --strip-components=1 -xzf "$here/agent.tar.gz"
rm "$here/agent.tar.gz"

# An agent that runs holds what enrolment changes.
if [ -e /etc/systemd/system/lifeboat-agent.service ]; then systemctl stop lifeboat-agent; fi
(cd "$here/package" && sh ./install.sh --no-start)
LIFEBOAT_TOKEN=$token /usr/local/bin/lifeboat-agent enrol --endpoint "$endpoint" --ca-sha256 "$ca"
systemctl restart lifeboat-agent
echo "this machine is being protected: 'lifeboat-agent status' here and 'kubectl get protectedvms' there say how it goes"
