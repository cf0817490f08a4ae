# shellcheck shell=bash
# The one process that a network of the testbed hangs on: it runs in the network's own namespace and ends all of it
# when its standard input closes, however the program at the other end died. $1: a process of the host's namespace.
set -euo pipefail
host=$1
on_host() { nsenter --target "$host" --net -- "$@"; }
started() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d ' ' -f 20; }
inode() { stat --dereference --format %i "/proc/$1/ns/net"; }

# Ends every process in the network namespace with this inode but the caller's own.
end_members() {
  local signal member found
  for signal in TERM TERM TERM KILL KILL KILL; do
    found=
    for member in $(find /proc/[0-9]*/ns/net -maxdepth 0 -lname "net:?$1?" 2>/dev/null | cut -d / -f 3); do
      case $member in "$$" | "$BASHPID") continue ;; esac
      [ "$(sed 's/.*) //' "/proc/$member/stat" 2>/dev/null | cut -d ' ' -f 2)" = "$BASHPID" ] && continue
      kill -"$signal" "$member" 2>/dev/null && found=1
    done
    [ -n "$found" ] || return 0
    sleep 0.3
  done
}

# Links of networks whose supervisor died without a chance to tidy up: the alias says whose they were.
sweep() {
  local link words supervisor start netns
  for link in $(on_host ip -o link show type veth | grep -oE '^[0-9]+: lifeboat[0-9]+' | cut -d ' ' -f 2); do
    words=$(on_host ip -o link show dev "$link" 2>/dev/null | grep -oE 'supervisor=[0-9]+:[0-9]+ netns=[0-9]+') || continue
    IFS=' =:' read -r _ supervisor start _ netns <<<"$words"
    [ "$(started "$supervisor")" = "$start" ] && continue
    end_members "$netns"
    on_host ip link delete "$link" 2>/dev/null || true
  done
}

own=$(inode self)
sweep

# The guard sees the end of this process, whatever ended it, and takes what is left in the namespace with it.
guard() {
  trap '' TERM INT HUP
  cat >/dev/null
  ip link delete uplink 2>/dev/null || true
  end_members "$own"
}
exec {alive}> >(guard >/dev/null 2>&1)
guard=$!
finish() { exec {alive}>&-; wait "$guard" || true; }
trap finish EXIT
trap 'exit 0' TERM INT HUP

ip link set lo up
number=0
until ip link add uplink type veth peer name "lifeboat$number" netns "$host" 2>/dev/null; do
  number=$((number + 1))
  [ $number -lt 200 ] || { echo "no free interface name lifeboat0 to lifeboat199 on this machine"; exit 1; }
done
link=lifeboat$number
net=198.18.$number
on_host ip link set dev "$link" alias "supervisor=$$:$(started $$) netns=$own"
on_host ip link set dev "$link" addrgenmode none
# A fixed address of the bridge: else it takes the lowest of its ports', and neighbours talk to the wrong one.
ip link add lan address 02:4c:42:00:00:01 type bridge
ip address add "$net.1/24" dev lan
ip link set lan up
ip link set uplink master lan up
on_host ip address add "$net.254/24" dev "$link"
on_host ip address add "$net.253/24" dev "$link"
on_host ip link set dev "$link" up
echo 1 >/proc/sys/net/ipv4/ip_forward
# Pods and further bridges have addresses that the host would answer by its default route, out of the machine.
iptables -t nat -A POSTROUTING -o lan -d "$net.252/30" ! -s "$net.0/24" -j MASQUERADE
echo "ready $number"
while read -r _; do :; done
