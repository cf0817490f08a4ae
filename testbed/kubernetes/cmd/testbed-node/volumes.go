package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	core "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/errors"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/clientcmd"
)

// storageClass is the default class of the cluster; manifests.yaml has it.
const storageClass = "local"

// provisioner makes a local volume for each claim of its class: a folder that belongs to the images' user, or a loop
// device. It lives and dies with its node, so it keeps no state but the loop devices it holds open.
type provisioner struct {
	client  kubernetes.Interface
	folder  string
	owner   int
	devices map[string]*loopDevice
}

func provideVolumes(kubeconfig, folder, uid string) error {
	owner, err := strconv.Atoi(uid)
	if err != nil {
		return err
	}
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	if err != nil {
		return err
	}
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	p := &provisioner{client: client, folder: folder, owner: owner, devices: map[string]*loopDevice{}}
	changes := make(chan any, 1000)
	push := cache.ResourceEventHandlerFuncs{
		AddFunc:    func(object any) { changes <- object },
		UpdateFunc: func(_, object any) { changes <- object },
	}
	// What failed is tried again at the next resync.
	factory := informers.NewSharedInformerFactory(client, 5*time.Second)
	for _, informer := range []cache.SharedIndexInformer{
		factory.Core().V1().PersistentVolumeClaims().Informer(), factory.Core().V1().PersistentVolumes().Informer(),
	} {
		if _, err := informer.AddEventHandler(push); err != nil {
			return err
		}
	}
	factory.Start(context.Background().Done())
	for change := range changes {
		var err error
		switch object := change.(type) {
		case *core.PersistentVolumeClaim:
			err = p.provide(object)
		case *core.PersistentVolume:
			err = p.reclaim(object)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
	}
	return nil
}

func (p *provisioner) provide(claim *core.PersistentVolumeClaim) error {
	class := claim.Spec.StorageClassName
	if class == nil || *class != storageClass || claim.Spec.VolumeName != "" || claim.Status.Phase != core.ClaimPending {
		return nil
	}
	ctx := context.Background()
	name := "pvc-" + string(claim.UID)
	if _, err := p.client.CoreV1().PersistentVolumes().Get(ctx, name, meta.GetOptions{}); !errors.IsNotFound(err) {
		return err
	}
	size := claim.Spec.Resources.Requests[core.ResourceStorage]
	block := claim.Spec.VolumeMode != nil && *claim.Spec.VolumeMode == core.PersistentVolumeBlock
	path, err := p.makeVolume(name, block, size.Value())
	if err != nil {
		return fmt.Errorf("%s/%s: %w", claim.Namespace, claim.Name, err)
	}
	volume := &core.PersistentVolume{
		ObjectMeta: meta.ObjectMeta{Name: name},
		Spec: core.PersistentVolumeSpec{
			StorageClassName:              storageClass,
			VolumeMode:                    claim.Spec.VolumeMode,
			AccessModes:                   claim.Spec.AccessModes,
			Capacity:                      core.ResourceList{core.ResourceStorage: size},
			PersistentVolumeReclaimPolicy: core.PersistentVolumeReclaimDelete,
			ClaimRef: &core.ObjectReference{
				Kind: "PersistentVolumeClaim", APIVersion: "v1",
				Namespace: claim.Namespace, Name: claim.Name, UID: claim.UID,
			},
			PersistentVolumeSource: core.PersistentVolumeSource{Local: &core.LocalVolumeSource{Path: path}},
			NodeAffinity: &core.VolumeNodeAffinity{Required: &core.NodeSelector{
				NodeSelectorTerms: []core.NodeSelectorTerm{{MatchExpressions: []core.NodeSelectorRequirement{
					{Key: core.LabelHostname, Operator: core.NodeSelectorOpIn, Values: []string{"node1"}},
				}}},
			}},
		},
	}
	_, err = p.client.CoreV1().PersistentVolumes().Create(ctx, volume, meta.CreateOptions{})
	return err
}

func (p *provisioner) makeVolume(name string, block bool, size int64) (string, error) {
	path := filepath.Join(p.folder, name)
	if block {
		if device, there := p.devices[name]; there {
			return device.path, nil
		}
		device, err := attachLoop(path+".img", size)
		if err != nil {
			return "", err
		}
		p.devices[name] = device
		return device.path, nil
	}
	if err := os.MkdirAll(path, 0o770); err != nil {
		return "", err
	}
	return path, os.Chown(path, p.owner, p.owner)
}

func (p *provisioner) reclaim(volume *core.PersistentVolume) error {
	if volume.Spec.StorageClassName != storageClass || volume.Spec.Local == nil ||
		volume.Status.Phase != core.VolumeReleased || volume.DeletionTimestamp != nil ||
		volume.Spec.PersistentVolumeReclaimPolicy != core.PersistentVolumeReclaimDelete {
		return nil
	}
	path := filepath.Join(p.folder, volume.Name)
	if device, there := p.devices[volume.Name]; there {
		if err := device.detach(); err != nil {
			return err
		}
		delete(p.devices, volume.Name)
	}
	if err := os.RemoveAll(path); err != nil {
		return err
	}
	if err := os.RemoveAll(path + ".img"); err != nil {
		return err
	}
	err := p.client.CoreV1().PersistentVolumes().Delete(context.Background(), volume.Name, meta.DeleteOptions{})
	if errors.IsNotFound(err) {
		return nil
	}
	return err
}
