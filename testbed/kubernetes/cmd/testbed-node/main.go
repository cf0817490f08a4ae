// Command testbed-node is what a Kubernetes node of the testbed needs beside Kubernetes itself: certificates and kubeconfigs,
// images without a registry, and volumes for its claims.
package main

import (
	"fmt"
	"os"
)

const usage = `usage: testbed-node pki FOLDER SERVER ADDRESS...        certificates and kubeconfigs of a new cluster
       testbed-node image NAME OUT.tar UID ENTRYPOINT FILE=PATH...   an image of one layer
       testbed-node volumes KUBECONFIG FOLDER UID           makes a local volume for every claim, until killed`

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, usage)
		os.Exit(2)
	}
	var err error
	arguments := os.Args[2:]
	switch {
	case os.Args[1] == "pki" && len(arguments) >= 2:
		err = writePKI(arguments[0], arguments[1], arguments[2:])
	case os.Args[1] == "image" && len(arguments) >= 5:
		err = writeImage(arguments[0], arguments[1], arguments[2], arguments[3], arguments[4:])
	case os.Args[1] == "volumes" && len(arguments) == 3:
		err = provideVolumes(arguments[0], arguments[1], arguments[2])
	default:
		err = fmt.Errorf("%s", usage)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
