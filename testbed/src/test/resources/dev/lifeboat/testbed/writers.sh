#!/bin/sh
# Runs in a guest: disk stacks, writers of every kind on them, marks meanwhile.
#   prepare   LVM on /dev/vdc, LUKS on /dev/vdd, a cgroup that may write little
#   attach    mounts them again after a reboot
#   storm N   all writers at once for N seconds, marks in between
#   rest      ends all writing: every file system is read-only from here on
set -eu
slow=/sys/fs/cgroup/slow

key() { printf 'correct horse'; }

attach() {
  vgchange --quiet --activate y guest >/dev/null
  [ -e /dev/mapper/secret ] || key | cryptsetup open --key-file - /dev/vdd secret
  mkdir -p /lvm /luks "$slow"
  mountpoint -q /lvm || mount /dev/guest/volume /lvm
  mountpoint -q /luks || mount /dev/mapper/secret /luks
  echo +io >/sys/fs/cgroup/cgroup.subtree_control
  echo "$(cat /sys/block/vdb/dev) wbps=400000 wiops=40" >"$slow/io.max"
}

case $1 in
  prepare)
    pvcreate --quiet /dev/vdc >/dev/null
    vgcreate --quiet guest /dev/vdc >/dev/null
    lvcreate --quiet --yes --extents 80%FREE --name volume guest >/dev/null
    mkfs.ext4 -q -E lazy_itable_init=0,lazy_journal_init=0 /dev/guest/volume
    key | cryptsetup luksFormat --batch-mode --type luks2 --pbkdf pbkdf2 --pbkdf-force-iterations 1000 --key-file - /dev/vdd
    key | cryptsetup open --key-file - /dev/vdd secret
    mkfs.ext4 -q -E lazy_itable_init=0,lazy_journal_init=0 /dev/mapper/secret
    attach
    ;;
  attach) attach ;;
  storm)
    systemctl start workload
    fio --name=lvm --filename=/lvm/file --size=16M --bs=16k --rw=randwrite --direct=1 --ioengine=libaio --iodepth=8 \
      --rate=2M --time_based --runtime="$2" >/run/lvm.log 2>&1 &
    lvm=$!
    fio --name=luks --filename=/luks/file --size=12M --bs=4k-64k --rw=randwrite --fsync=16 --rate=1M --time_based \
      --runtime="$2" >/run/luks.log 2>&1 &
    luks=$!
    sh -c "echo \$\$ >$slow/cgroup.procs; exec fio --name=slow --filename=/data/slow --size=4M --bs=32k --rw=randwrite \
      --direct=1 --ioengine=libaio --iodepth=4 --time_based --runtime=$2" >/run/slow.log 2>&1 &
    slow_pid=$!
    n=0
    while kill -0 $lvm 2>/dev/null; do
      n=$((n + 1))
      lifeboat-agent mark --label "storm $n" || true
      sleep 1
    done
    wait $lvm || { cat /run/lvm.log; exit 1; }
    wait $luks || { cat /run/luks.log; exit 1; }
    wait $slow_pid || { cat /run/slow.log; exit 1; }
    grep -h 'WRITE:' /run/lvm.log /run/luks.log /run/slow.log
    ;;
  rest)
    systemctl stop workload
    umount /lvm /luks
    sync
    # As at an orderly end, and the agent still runs.
    echo u >/proc/sysrq-trigger
    while grep -qE '^/dev/vd[ab][0-9]* \S+ ext4 rw' /proc/mounts; do sleep 1; done
    ;;
  *) sed -n '2,6p' "$0" >&2; exit 2 ;;
esac
