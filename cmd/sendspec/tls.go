package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sendspec/sendspec/conformance/untrusted"
)

// tlsFlags say how the certificate of an https endpoint is verified, and which one it is shown.
type tlsFlags struct {
	caFile, cert, key string
	insecure          bool
}

func (f *tlsFlags) register(c *cobra.Command) {
	c.Flags().StringVar(&f.caFile, "ca-file", "", "PEM `FILE` of certificates to trust in addition to the system's, for an https endpoint")
	c.Flags().BoolVar(&f.insecure, "insecure", false, "do not verify the certificate of an https endpoint")
	c.Flags().StringVar(&f.cert, "cert", "", "PEM `FILE` of the client certificate for an https endpoint, with --key")
	c.Flags().StringVar(&f.key, "key", "", "PEM `FILE` of the private key of --cert")
}

func (f *tlsFlags) files() []string { return []string{f.caFile, f.cert, f.key} }

// config is the TLS configuration for the endpoint, nil for the default. That nothing is verified is
// said to people.
func (f *tlsFlags) config(ctx context.Context, endpoint string, aws bool, people io.Writer) (*tls.Config, error) {
	given := f.words()
	switch {
	case len(given) == 0:
		return nil, nil
	case f.caFile != "" && f.insecure:
		return nil, errors.New("--insecure: not with --ca-file: want the certificate verified, or not")
	case (f.cert == "") != (f.key == ""):
		return nil, errors.New("--cert and --key: want both, or neither")
	case !strings.HasPrefix(strings.ToLower(endpoint), "https://"):
		return nil, fmt.Errorf("%s: want an --endpoint of https", given[0])
	case f.insecure && aws:
		return nil, errors.New("--insecure: not with --aws, whose certificates are verified without it")
	}
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	var err error
	if f.cert != "" {
		if config.Certificates, err = f.certificate(ctx); err != nil {
			return nil, err
		}
	}
	if f.caFile != "" {
		if config.RootCAs, err = f.roots(ctx); err != nil {
			return nil, err
		}
	}
	if f.insecure {
		fmt.Fprintln(people, "sendspec: --insecure: the certificate of the target is not verified")
		config.InsecureSkipVerify = true // asked for by name, and said
	}
	return config, nil
}

// certificate is the client certificate, with the chain in its file.
func (f *tlsFlags) certificate(ctx context.Context) ([]tls.Certificate, error) {
	cert, err := untrusted.ReadFile(ctx, f.cert, maxCertificates)
	if err != nil {
		return nil, fmt.Errorf("--cert: %w", err)
	}
	key, err := untrusted.ReadFile(ctx, f.key, maxCertificates)
	if err != nil {
		return nil, fmt.Errorf("--key: %w", err)
	}
	pair, err := tls.X509KeyPair(cert, key)
	if err != nil {
		return nil, fmt.Errorf("--cert %s, --key %s: want a certificate and its private key in PEM: %s", f.cert, f.key,
			strings.TrimPrefix(err.Error(), "tls: "))
	}
	return []tls.Certificate{pair}, nil
}

// maxCertificates bounds a file of certificates: those that a system trusts take 200 KB.
const maxCertificates = 4 << 20

func (f *tlsFlags) roots(ctx context.Context) (*x509.CertPool, error) {
	b, err := untrusted.ReadFile(ctx, f.caFile, maxCertificates)
	if err != nil {
		return nil, fmt.Errorf("--ca-file: %w", err)
	}
	roots, err := x509.SystemCertPool()
	if err != nil {
		roots = x509.NewCertPool() // a system without any
	}
	if !roots.AppendCertsFromPEM(b) {
		return nil, fmt.Errorf("--ca-file %s: want certificates in PEM (-----BEGIN CERTIFICATE-----), found none", f.caFile)
	}
	return roots, nil
}

// curl is a curl command that trusts what the flags trust, and shows what they show.
func (f *tlsFlags) curl(command string) string {
	const start = "curl -sS -i"
	words := shellWords{start}
	words.addIf(f.insecure, "--insecure")
	words.add("--cacert", f.caFile)
	words.add("--cert", f.cert)
	words.add("--key", f.key)
	return strings.Replace(command, start, words.String(), 1)
}

func (f *tlsFlags) words() (words shellWords) {
	words.add("--ca-file", f.caFile)
	words.add("--cert", f.cert)
	words.add("--key", f.key)
	words.addIf(f.insecure, "--insecure")
	return words
}
