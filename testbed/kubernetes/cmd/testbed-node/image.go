package main

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
)

// writeImage writes an archive as docker save does, which containerd and Docker import: one layer with the files given
// as path-in-the-image=path-here, all executable.
func writeImage(name, out, uid, entrypoint string, files []string) error {
	var layer bytes.Buffer
	layerTar := tar.NewWriter(&layer)
	for _, file := range files {
		target, source, found := strings.Cut(file, "=")
		if !found {
			return fmt.Errorf("%s is not FILE=PATH", file)
		}
		content, err := os.ReadFile(source)
		if err != nil {
			return err
		}
		if err := put(layerTar, strings.TrimPrefix(target, "/"), content, 0o755); err != nil {
			return err
		}
	}
	if err := layerTar.Close(); err != nil {
		return err
	}
	digest := sha256.Sum256(layer.Bytes())
	config, err := json.Marshal(map[string]any{
		"architecture": "amd64", "os": "linux",
		"config": map[string]any{
			"User": uid, "Entrypoint": strings.Fields(entrypoint), "Env": []string{"PATH=/bin"},
		},
		"rootfs": map[string]any{"type": "layers", "diff_ids": []string{"sha256:" + hex.EncodeToString(digest[:])}},
	})
	if err != nil {
		return err
	}
	manifest, err := json.Marshal([]map[string]any{
		{"Config": "config.json", "RepoTags": []string{name}, "Layers": []string{"layer.tar"}},
	})
	if err != nil {
		return err
	}
	file, err := os.Create(out)
	if err != nil {
		return err
	}
	archive := tar.NewWriter(file)
	for _, entry := range []struct {
		name    string
		content []byte
	}{{"config.json", config}, {"layer.tar", layer.Bytes()}, {"manifest.json", manifest}} {
		if err := put(archive, entry.name, entry.content, 0o644); err != nil {
			return err
		}
	}
	if err := archive.Close(); err != nil {
		return err
	}
	return file.Close()
}

func put(archive *tar.Writer, name string, content []byte, mode int64) error {
	if err := archive.WriteHeader(&tar.Header{Name: name, Mode: mode, Size: int64(len(content))}); err != nil {
		return err
	}
	_, err := io.Copy(archive, bytes.NewReader(content))
	return err
}
