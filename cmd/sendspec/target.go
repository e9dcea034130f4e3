package main

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/spf13/cobra"

	"github.com/sendspec/sendspec/conformance"
	"github.com/sendspec/sendspec/conformance/launch"
	"github.com/sendspec/sendspec/conformance/wire"
	"github.com/sendspec/sendspec/fixtures"
)

type targetFlags struct {
	endpoint, region string
	nodes            []string
	bind             map[string]string
	aws, dispatch    bool
	tls              tlsFlags

	tlsConfig *tls.Config            // of what was checked
	given     func(flag string) bool // reports whether a flag was given
}

func (f *targetFlags) register(c *cobra.Command) {
	f.registerInert(c)
	c.Flags().BoolVar(&f.dispatch, "allow-dispatch", false, "send requests that may run a command on a node, even if the target "+
		"is AWS or not on loopback")
}

// registerInert registers all but what allows to run commands on nodes.
func (f *targetFlags) registerInert(c *cobra.Command) {
	f.given = c.Flags().Changed
	c.Flags().StringVar(&f.endpoint, "endpoint", "", "`URL` of the server under test (default $AWS_ENDPOINT_URL_SSM, "+
		"$AWS_ENDPOINT_URL, or the embedded reference)")
	c.Flags().StringVar(&f.region, "region", "", "`REGION` to sign for and to expect in responses (default $AWS_REGION, or us-east-1)")
	c.Flags().StringArrayVar(&f.nodes, "node", nil, "`ID` of an online Linux managed node (may be repeated)")
	c.Flags().StringToStringVar(&f.bind, "bind", nil, "`NAME=VALUE`: something that the target has, such as a document (sendspec "+
		"bindings lists the names)")
	f.tls.register(c)
	c.Flags().BoolVar(&f.aws, "aws", false, "the target is AWS: allow its host names, and look for credentials in profiles as well")
	c.Flags().Lookup("bind").DefValue = "" // help would show an empty map
	completeFlag(c, "bind", mapped(sortedNames(fixtures.KnownBindings()), func(name string) string { return name + "=" })...)
}

// check finds what is wrong with the flags and the environment, and returns a target as the one to come, of which
// only its port may not be known yet. Started says that a server is started for it.
func (f *targetFlags) check(ctx context.Context, people io.Writer, started bool) (conformance.Target, error) {
	url := f.endpoint
	switch {
	case url == "":
		url = "http://127.0.0.1:1"
	case started:
		url = strings.ReplaceAll(url, launch.Port, "1")
	}
	t := conformance.Target{URL: url, Region: f.regionOrEnv(), Nodes: f.nodes, Bindings: f.bind, Denied: deniedCaller()}
	if err := f.checkEnvironment(f.endpoint == "" && !started, people); err != nil {
		return t, err
	}
	if f.aws && f.endpoint == "" {
		return t, errors.New("--aws: want an --endpoint such as https://ssm.us-east-1.amazonaws.com")
	}
	err := conformance.Check(t, f.guard()...)
	if err != nil {
		return t, err
	}
	if f.tlsConfig, err = f.tls.config(ctx, url, f.aws, people); err == nil {
		_, err = f.credentials(ctx)
	}
	return t, err
}

// target returns the target that the flags name, which were checked, and a function that ends it. Without an endpoint
// it is the embedded reference on a loopback port.
func (f *targetFlags) target(ctx context.Context) (conformance.Target, func(), error) {
	region := f.regionOrEnv()
	if f.endpoint == "" {
		return embeddedTarget(region, f.nodes, f.bind)
	}
	t := conformance.Target{URL: f.endpoint, Region: region, Nodes: f.nodes, Bindings: f.bind, TLS: f.tlsConfig}
	credentials, err := f.credentials(ctx)
	t.Credentials, t.Denied = credentials, deniedCaller()
	return t, func() {}, err
}

// regionOrEnv is the region of the flag, or else of the environment; "" leaves it to the engine.
func (f *targetFlags) regionOrEnv() string {
	return cmp.Or(f.region, os.Getenv("AWS_REGION"))
}

// credentials are those of the environment, or test/test. Only for AWS itself are they looked up
// further, in profiles or instance metadata.
func (f *targetFlags) credentials(ctx context.Context) (aws.Credentials, error) {
	if f.aws {
		c, err := config.LoadDefaultConfig(ctx)
		if err != nil {
			return aws.Credentials{}, fmt.Errorf("--aws: %w", err)
		}
		found, err := c.Credentials.Retrieve(ctx)
		if err != nil {
			return found, fmt.Errorf("--aws: no credentials: %w", err)
		}
		return found, nil
	}
	if found := envCredentials("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"); found.HasKeys() {
		return found, nil
	}
	return aws.Credentials{}, nil
}

// The environment of a caller who may not call GetCommandInvocation.
const (
	deniedKey    = "SENDSPEC_DENIED_ACCESS_KEY_ID"
	deniedSecret = "SENDSPEC_DENIED_SECRET_ACCESS_KEY" //nolint:gosec // a name
	deniedToken  = "SENDSPEC_DENIED_SESSION_TOKEN"     //nolint:gosec // a name
)

// keyPairs are the variables with an access key and its secret.
var keyPairs = [][]string{{"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"}, {deniedKey, deniedSecret}}

func deniedCaller() aws.Credentials { return envCredentials(deniedKey, deniedSecret, deniedToken) }

func envCredentials(id, secret, token string) aws.Credentials {
	return aws.Credentials{AccessKeyID: os.Getenv(id), SecretAccessKey: os.Getenv(secret), SessionToken: os.Getenv(token)}
}

// ownRedactor knows the credentials of the environment, which every command that is started has, too.
func ownRedactor() *wire.Redactor { return wire.NewRedactor(ownSecrets()...) }

func ownSecrets() []string {
	return mapped([]string{"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN",
		deniedKey, deniedSecret, deniedToken}, os.Getenv)
}

// guard are the options that say what the target is, and what may be sent to it.
func (f *targetFlags) guard() []conformance.Option {
	return []conformance.Option{when(f.aws, conformance.WithAWS()), when(f.dispatch, conformance.WithAllowDispatch())}
}

// when is the option where it is wanted, and else one that changes nothing.
func when(wanted bool, option conformance.Option) conformance.Option {
	if wanted {
		return option
	}
	return func(*conformance.Runner) error { return nil }
}

// words are a command with the flags as they were given.
func (f *targetFlags) words(command string) shellWords {
	words := shellWords{"sendspec", command}
	words.add("--endpoint", f.endpoint)
	words = append(words, f.tls.words()...)
	words.add("--region", f.region)
	words.add("--node", f.nodes...)
	for _, name := range sortedNames(f.bind) {
		words.add("--bind", name+"="+f.bind[name])
	}
	words.addIf(f.aws, "--aws")
	words.addIf(f.dispatch, "--allow-dispatch")
	return words
}

// shellWords are a command line for people to use.
type shellWords []string

// add adds a flag with each of the values that is not empty.
func (w *shellWords) add(flag string, values ...string) {
	for _, value := range values {
		if value != "" {
			*w = append(*w, flag, wire.ShellQuote(value))
		}
	}
}

func (w *shellWords) addIf(set bool, flag string) {
	if set {
		*w = append(*w, flag)
	}
}

func (w shellWords) String() string { return strings.Join(w, " ") }

func newBindings() *cobra.Command {
	return &cobra.Command{
		Use:   "bindings",
		Short: "List the names that --bind takes",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			known := fixtures.KnownBindings()
			for _, name := range sortedNames(known) {
				if name == fixtures.NonceBinding || name == fixtures.RegionBinding {
					continue
				}
				if _, err := fmt.Fprintf(c.OutOrStdout(), "%-24s %s\n", name, known[name]); err != nil {
					return err
				}
			}
			return nil
		},
	}
}
