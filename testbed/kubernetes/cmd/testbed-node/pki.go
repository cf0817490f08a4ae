package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"
)

// authority signs the certificates of one cluster. Its key is written too: the controller manager signs with it.
type authority struct {
	folder      string
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
	pem         []byte
}

// users of the API server: file name, common name, organisation.
var users = [][3]string{
	{"admin", "admin", "system:masters"},
	{"controller-manager", "system:kube-controller-manager", ""},
	{"scheduler", "system:kube-scheduler", ""},
	{"kubelet", "system:node:node1", "system:nodes"},
	{"proxy", "system:kube-proxy", ""},
}

func writePKI(folder, server string, addresses []string) error {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	ca, err := newAuthority(folder, "ca")
	if err != nil {
		return err
	}
	frontCA, err := newAuthority(folder, "front-ca")
	if err != nil {
		return err
	}
	names := []string{"localhost", "node1", "kubernetes", "kubernetes.default", "kubernetes.default.svc",
		"kubernetes.default.svc.cluster.local"}
	for _, name := range []string{"apiserver", "kubelet-server"} {
		if err := ca.serverCertificate(name, names, append(addresses, "127.0.0.1", "10.96.0.1")); err != nil {
			return err
		}
	}
	if _, _, err := ca.clientCertificate("apiserver-kubelet", "kube-apiserver-kubelet-client", "system:masters"); err != nil {
		return err
	}
	if _, _, err := frontCA.clientCertificate("front-proxy", "front-proxy-client", ""); err != nil {
		return err
	}
	for _, user := range users {
		certificate, key, err := ca.clientCertificate(user[0], user[1], user[2])
		if err != nil {
			return err
		}
		if err := writeKubeconfig(filepath.Join(folder, user[0]+".kubeconfig"), server, ca.pem, certificate, key); err != nil {
			return err
		}
	}
	return writeServiceAccountKey(folder)
}

func newAuthority(folder, name string) (*authority, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	template := newTemplate(name, "")
	template.IsCA, template.BasicConstraintsValid = true, true
	template.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageCRLSign | x509.KeyUsageDigitalSignature
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return nil, err
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, err
	}
	ca := &authority{folder: folder, certificate: certificate, key: key}
	ca.pem, _, err = ca.write(name, der, key)
	return ca, err
}

func (ca *authority) serverCertificate(name string, names, addresses []string) error {
	template := newTemplate(name, "")
	template.DNSNames = names
	for _, address := range addresses {
		ip := net.ParseIP(address)
		if ip == nil {
			return fmt.Errorf("%s is no IP address", address)
		}
		template.IPAddresses = append(template.IPAddresses, ip)
	}
	template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	_, _, err := ca.sign(name, template)
	return err
}

func (ca *authority) clientCertificate(name, commonName, organisation string) (certificate, key []byte, err error) {
	template := newTemplate(commonName, organisation)
	template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	return ca.sign(name, template)
}

func (ca *authority) sign(name string, template *x509.Certificate) (certificate, key []byte, err error) {
	own, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	der, err := x509.CreateCertificate(rand.Reader, template, ca.certificate, &own.PublicKey, ca.key)
	if err != nil {
		return nil, nil, err
	}
	return ca.write(name, der, own)
}

func newTemplate(commonName, organisation string) *x509.Certificate {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		panic(err) // the kernel gives no randomness
	}
	subject := pkix.Name{CommonName: commonName}
	if organisation != "" {
		subject.Organization = []string{organisation}
	}
	return &x509.Certificate{
		SerialNumber: serial,
		Subject:      subject,
		NotBefore:    time.Now().Add(-time.Hour), // clocks of guests may be behind
		NotAfter:     time.Now().AddDate(1, 0, 0),
		KeyUsage:     x509.KeyUsageDigitalSignature,
	}
}

func (ca *authority) write(name string, der []byte, key *ecdsa.PrivateKey) (certificate, keyPEM []byte, err error) {
	raw, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, nil, err
	}
	certificate = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	keyPEM = pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: raw})
	if err := os.WriteFile(filepath.Join(ca.folder, name+".crt"), certificate, 0o600); err != nil {
		return nil, nil, err
	}
	return certificate, keyPEM, os.WriteFile(filepath.Join(ca.folder, name+".key"), keyPEM, 0o600)
}

func writeServiceAccountKey(folder string) error {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return err
	}
	public, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		return err
	}
	private := pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})
	if err := os.WriteFile(filepath.Join(folder, "sa.key"), private, 0o600); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(folder, "sa.pub"),
		pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: public}), 0o600)
}

func writeKubeconfig(file, server string, ca, certificate, key []byte) error {
	encode := base64.StdEncoding.EncodeToString
	return os.WriteFile(file, fmt.Appendf(nil, `apiVersion: v1
kind: Config
clusters:
- name: testbed
  cluster:
    server: %s
    certificate-authority-data: %s
users:
- name: testbed
  user:
    client-certificate-data: %s
    client-key-data: %s
contexts:
- name: default
  context:
    cluster: testbed
    user: testbed
current-context: default
`, server, encode(ca), encode(certificate), encode(key)), 0o600)
}
