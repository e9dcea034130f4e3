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
	"github.com/sendspec/sendspec/conformance/wire"
)

// tlsFlags say how the certificate of an https endpoint is verified.
type tlsFlags struct {
	caFile   string
	insecure bool
}

func (f *tlsFlags) register(c *cobra.Command) {
	c.Flags().StringVar(&f.caFile, "ca-file", "", "PEM file of certificates to trust beside the system's, for an https endpoint")
	c.Flags().BoolVar(&f.insecure, "insecure", false, "do not verify the certificate of an https endpoint")
}

// config is the TLS configuration for the endpoint, nil for the default. That nothing is verified is
// said to people.
func (f *tlsFlags) config(ctx context.Context, endpoint string, aws bool, people io.Writer) (*tls.Config, error) {
	name := "--ca-file"
	switch {
	case f.caFile == "" && !f.insecure:
		return nil, nil
	case f.caFile != "" && f.insecure:
		return nil, errors.New("--insecure: not with --ca-file: want the certificate verified, or not")
	case f.insecure:
		name = "--insecure"
	}
	if !strings.HasPrefix(strings.ToLower(endpoint), "https://") {
		return nil, fmt.Errorf("%s: want an --endpoint of https", name)
	}
	if f.insecure {
		if aws {
			return nil, errors.New("--insecure: not with --aws, whose certificates are verified without it")
		}
		fmt.Fprintln(people, "sendspec: --insecure: the certificate of the target is not verified")
		return &tls.Config{MinVersion: tls.VersionTLS12, InsecureSkipVerify: true}, nil //nolint:gosec // asked for by name, and said
	}
	roots, err := f.roots(ctx)
	return &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: roots}, err
}

// maxCertificates bounds a file of certificates: those that a system trusts take 200 KB.
const maxCertificates = 4 << 20

// roots are the system's certificates and those of the file.
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

// curl is a curl command that trusts what the flags trust.
func (f *tlsFlags) curl(command string) string {
	const start = "curl -sS -i"
	switch {
	case f.insecure:
		return strings.Replace(command, start, start+" --insecure", 1)
	case f.caFile != "":
		return strings.Replace(command, start, start+" --cacert "+wire.ShellQuote(f.caFile), 1)
	}
	return command
}

// words are the flags as they were given.
func (f *tlsFlags) words() []string {
	var words []string
	if f.caFile != "" {
		words = append(words, "--ca-file", wire.ShellQuote(f.caFile))
	}
	if f.insecure {
		words = append(words, "--insecure")
	}
	return words
}
