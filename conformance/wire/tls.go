package wire

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"time"
)

// ErrHTTP2Only says that a target speaks HTTP/2 and no HTTP/1.1. Exchanges are HTTP/1.1 always: only
// there does a request have exact bytes (the spelling of a header, a length that lies, chunks), and
// the requests of one run shall differ in nothing but what their cases say.
var ErrHTTP2Only = errors.New("it speaks HTTP/2 only, and sendspec speaks HTTP/1.1")

// clientCertificateError is what became of a connection whose server asked for a client certificate.
type clientCertificateError struct {
	given bool
	err   error
}

func (e *clientCertificateError) Error() string { return e.err.Error() }
func (e *clientCertificateError) Unwrap() error { return e.err }

// withHTTP1 is the configuration, nil for the default, with HTTP/1.1 as the only protocol offered.
func withHTTP1(config *tls.Config) *tls.Config {
	if config == nil {
		config = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	config = config.Clone()
	config.NextProtos = []string{"http/1.1"}
	return config
}

// secure begins TLS over a connection, and closes it where there is none.
func (h *HTTP) secure(ctx context.Context, conn net.Conn) (*connection, error) {
	config := h.tls.Clone()
	if config.ServerName == "" {
		config.ServerName = h.base.Hostname()
	}
	asked := false
	config.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
		asked = true
		if len(config.Certificates) > 0 {
			return &config.Certificates[0], nil
		}
		return &tls.Certificate{}, nil
	}
	secure := tls.Client(conn, config)
	err := secure.HandshakeContext(ctx)
	c := newConnection(secure)
	if asked {
		c.explain = func(err error) error { return aboutCertificate(err, len(config.Certificates) > 0) }
	}
	switch {
	case err == nil:
		return c, nil
	case strings.Contains(err.Error(), "no application protocol"): // the alert of RFC 7301; crypto/tls does not export it
		err = errors.Join(ErrHTTP2Only, err)
	default:
		err = c.explain(err)
	}
	_ = conn.Close()
	return nil, err
}

// aboutCertificate puts an alert of a server down to the client certificate that it asked for.
func aboutCertificate(err error, given bool) error {
	if strings.Contains(err.Error(), "remote error: tls: ") {
		return &clientCertificateError{given, err}
	}
	return err
}

// isUntrusted reports whether an exchange failed because the target's certificate was not verified.
func isUntrusted(err error) bool {
	var verify *tls.CertificateVerificationError
	var unknown x509.UnknownAuthorityError
	return errors.As(err, &verify) || errors.As(err, &unknown)
}

// isTLSFailure reports whether no TLS connection could be made.
func isTLSFailure(err error) bool {
	var record tls.RecordHeaderError
	var certificate *clientCertificateError
	return errors.As(err, &record) || errors.As(err, &certificate) || isUntrusted(err)
}

// Advice says of a target that could not be reached what is wrong with the way there, and what to do about it; ""
// where the error does not tell. The text goes on from the name of the target.
func Advice(err error) string {
	var proxy *proxyError
	var record tls.RecordHeaderError
	var certificate *clientCertificateError
	switch {
	case errors.As(err, &proxy):
		return fmt.Sprintf("is behind a proxy that opens no tunnel to it: %s; have it allow CONNECT there, or name the target in NO_PROXY",
			proxy)
	case isUntrusted(err):
		return certificateAdvice(err)
	case errors.As(err, &certificate) && certificate.given:
		return fmt.Sprintf("refuses the client certificate (%s); want one in --cert and --key that it trusts", alertOf(err))
	case errors.As(err, &certificate):
		return fmt.Sprintf("wants a client certificate (%s); give one with --cert and --key", alertOf(err))
	case errors.As(err, &record) && strings.HasPrefix(string(record.RecordHeader[:]), "HTTP/"):
		return "answers plain HTTP on this port; want http:// in --endpoint, or the port of https"
	case errors.As(err, &record):
		return "does not speak TLS on this port; want http:// in --endpoint, or the port of https"
	case err != nil && strings.Contains(err.Error(), "protocol version"):
		return "speaks no TLS that is as new as 1.2, and sendspec speaks none that is older; have it offer TLS 1.2 or 1.3"
	}
	return ""
}

// alertOf is the server's own word for what it does not like.
func alertOf(err error) string {
	_, alert, _ := strings.Cut(err.Error(), "remote error: tls: ")
	return alert
}

// shownNames is how many names of a certificate a line has.
const shownNames = 3

func certificateAdvice(err error) string {
	var host x509.HostnameError
	var invalid x509.CertificateInvalidError
	switch {
	case errors.As(err, &host):
		names := slices.Clone(host.Certificate.DNSNames)
		for _, ip := range host.Certificate.IPAddresses {
			names = append(names, ip.String())
		}
		if len(names) > shownNames {
			names = append(names[:shownNames], "more")
		}
		if len(names) == 0 {
			return fmt.Sprintf("has a certificate without a subject alternative name, and the common name does not count; "+
				"want one with the SAN %s, or --insecure", host.Host)
		}
		return fmt.Sprintf("has a certificate for %s and not for %s; "+
			"want one of these names in --endpoint, a certificate with the SAN %[2]s, or --insecure",
			strings.Join(names, ", "), host.Host)
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return fmt.Sprintf("has a certificate that is not valid at this time: %s; "+
			"renew it, set the clock of this machine right, or give --insecure", invalid.Detail)
	}
	return fmt.Sprintf("has a certificate that is not trusted: %s; name the authority that signed it with --ca-file, or give --insecure",
		err)
}

// probeTLS bounds the look at a port that does not answer HTTP as it should.
const probeTLS = 2 * time.Second

// SpeaksTLS reports whether there is TLS at the port of a plain endpoint.
func SpeaksTLS(ctx context.Context, endpoint string) bool {
	base, err := ParseEndpoint(endpoint)
	if err != nil || base.Scheme != "http" {
		return false
	}
	anyServer := &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS10} //nolint:gosec // nothing is sent
	h, err := NewHTTP("https://"+net.JoinHostPort(base.Hostname(), portOf(base)), Limits{}, anyServer)
	if err != nil {
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, probeTLS)
	defer cancel()
	conn, err := h.dial(ctx)
	if err != nil {
		var certificate *clientCertificateError
		return errors.As(err, &certificate)
	}
	return conn.Close() == nil
}
