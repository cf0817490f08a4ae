package main

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// loopDevice is a block device over a sparse file. The kernel detaches it by itself when the last program that holds
// it open ends, however it ends.
type loopDevice struct {
	path   string
	device *os.File
}

func attachLoop(file string, size int64) (*loopDevice, error) {
	backing, err := os.OpenFile(file, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	defer backing.Close()
	if err := backing.Truncate(size); err != nil {
		return nil, err
	}
	control, err := os.OpenFile("/dev/loop-control", os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	defer control.Close()
	// Another program may take the free device first.
	for range 20 {
		number, err := unix.IoctlRetInt(int(control.Fd()), unix.LOOP_CTL_GET_FREE)
		if err != nil {
			return nil, fmt.Errorf("no free loop device: %w", err)
		}
		path := fmt.Sprintf("/dev/loop%d", number)
		device, err := os.OpenFile(path, os.O_RDWR, 0)
		if err != nil {
			return nil, err
		}
		config := unix.LoopConfig{Fd: uint32(backing.Fd()), Info: unix.LoopInfo64{Flags: unix.LO_FLAGS_AUTOCLEAR}}
		copy(config.Info.File_name[:len(config.Info.File_name)-1], file)
		err = unix.IoctlLoopConfigure(int(device.Fd()), &config)
		if err == nil {
			return &loopDevice{path: path, device: device}, nil
		}
		device.Close()
		if err != unix.EBUSY {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
	}
	return nil, fmt.Errorf("%s: every free loop device was taken by others", file)
}

func (l *loopDevice) detach() error {
	return l.device.Close()
}
