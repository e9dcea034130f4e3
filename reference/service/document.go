package service

import (
	"crypto/sha1" //nolint:gosec // DocumentHashType has it
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/sendspec/sendspec/reference"
	"github.com/sendspec/sendspec/reference/jsontree"
)

// SSMDocument is an SSM document.
type SSMDocument struct {
	// Name is the document's name, without ARN.
	Name string
	// Type is the document type; "" is Command, the only one that SendCommand runs.
	Type string
	// Contents are the versions as JSON text, version 1 first. Schema versions 1.2, 2.0 and 2.2.
	Contents []string
	// DefaultVersion is the version that $DEFAULT means; 0 is 1.
	DefaultVersion int
	// PlatformTypes are the platforms it runs on; empty is worked out from the actions.
	PlatformTypes []string
	// Public tells that the document belongs to AWS: its ARN has no account.
	Public bool
	// Denied tells that the caller may not use the document.
	Denied bool
}

// ARN returns the document's ARN in a region and account.
func (d SSMDocument) ARN(region, account string) string {
	if d.Public {
		account = ""
	}
	return "arn:aws:ssm:" + region + ":" + account + ":document/" + d.Name
}

// document is an SSMDocument with its contents parsed.
type document struct {
	SSMDocument
	versions []*documentVersion
}

// documentVersion is one version's content: what a command keeps a snapshot of.
type documentVersion struct {
	damaged       bool
	sha256, sha1  string
	size          int
	parameters    map[string]*parameter
	steps         []step
	platformTypes []string
}

// step is one plugin run of a document.
type step struct {
	// name is the invocation plugin's name: the step's in schema 2.x, the action in 1.2.
	name   string
	action string
	// timeout is timeoutSeconds as written, "" where it is not.
	timeout string
	// inputs are the inputs as written, parameters not yet filled in.
	inputs *jsontree.Value
}

func newDocument(d SSMDocument) *document {
	parsed := &document{SSMDocument: d}
	parsed.Contents = slices.Clone(d.Contents)
	for _, content := range d.Contents {
		v := parseContent(content)
		if len(d.PlatformTypes) > 0 {
			v.platformTypes = slices.Clone(d.PlatformTypes)
		}
		parsed.versions = append(parsed.versions, v)
	}
	return parsed
}

// version finds the version that DocumentVersion selects; nil where there is none.
func (d *document) version(selector string) *documentVersion {
	n := 0
	switch selector {
	case "", "$DEFAULT":
		n = max(1, d.DefaultVersion)
	case "$LATEST":
		n = len(d.versions)
	default:
		n, _ = strconv.Atoi(selector)
	}
	if n < 1 || n > len(d.versions) {
		return nil
	}
	return d.versions[n-1]
}

func parseContent(content string) *documentVersion {
	hash256, hash1 := sha256.Sum256([]byte(content)), sha1.Sum([]byte(content)) //nolint:gosec // DocumentHashType has it
	v := &documentVersion{sha256: hex.EncodeToString(hash256[:]), sha1: hex.EncodeToString(hash1[:])}
	tree, err := jsontree.Parse([]byte(content))
	if err != nil || tree.Kind != jsontree.Object {
		v.damaged = true
		return v
	}
	v.size = len(tree.AppendJSON(nil))
	v.parameters = map[string]*parameter{}
	if declared := tree.Get("parameters"); declared != nil {
		for i := range declared.Members {
			v.parameters[declared.Members[i].Name] = newParameter(&declared.Members[i].Value)
		}
	}
	if text(tree.Get("schemaVersion")) == "1.2" {
		v.steps = stepsOf12(tree.Get("runtimeConfig"))
	} else {
		v.steps = stepsOf2x(tree.Get("mainSteps"))
	}
	v.platformTypes = platformsOf(v.steps)
	return v
}

// stepsOf12 reads runtimeConfig. There is one plugin run even where properties is a list, and
// only the list's first element counts for the expiry (evidence: expiry/first-property).
func stepsOf12(config *jsontree.Value) []step {
	if config == nil || len(config.Members) == 0 {
		return nil
	}
	plugin := &config.Members[0]
	inputs := plugin.Value.Get("properties")
	if inputs != nil && inputs.Kind == jsontree.Array {
		inputs = inputs.Index(0)
	}
	return []step{{name: plugin.Name, action: plugin.Name, timeout: text(inputs.Get("timeoutSeconds")), inputs: inputs}}
}

func stepsOf2x(list *jsontree.Value) []step {
	if list == nil {
		return nil
	}
	var steps []step
	for i := range list.Items {
		item := &list.Items[i]
		inputs := item.Get("inputs")
		steps = append(steps, step{
			name: text(item.Get("name")), action: text(item.Get("action")), timeout: text(inputs.Get("timeoutSeconds")), inputs: inputs,
		})
	}
	return steps
}

// text is a string, or a number or boolean as written; "" for anything else.
func text(v *jsontree.Value) string {
	if v == nil || v.Kind == jsontree.Bool || v.Kind == jsontree.Null {
		return ""
	}
	return v.Text
}

// platformsOf works out the platforms from the actions: shell scripts do not run on Windows.
func platformsOf(steps []step) []string {
	for _, s := range steps {
		if s.action == "aws:runShellScript" {
			return []string{Linux, MacOS}
		}
	}
	return []string{Linux, MacOS, Windows}
}

// executionTimeout is the part of ExpiresAfter that the document's steps make.
func (v *documentVersion) executionTimeout(parameters map[string][]string) time.Duration {
	written := make([]string, len(v.steps))
	for i := range v.steps {
		written[i] = v.steps[i].timeout
	}
	return reference.ExecutionTimeout(written, parameters)
}

// documentFile has the two documents of AWS that every account has, whose parameters are those of the recorded document
// content, and those of the demo world by their bindings: those of the expiry rules are the recorded ones
// (evidence: expiry/hardcoded).
//
//go:embed documents.json
var documentFile []byte

// documents reads the documents, by AWS's names and the bindings of others.
var documents = sync.OnceValue(func() map[string]SSMDocument {
	var file map[string]struct {
		SSMDocument
		Contents []json.RawMessage
	}
	if err := json.Unmarshal(documentFile, &file); err != nil {
		panic(err) // a file of ours
	}
	all := map[string]SSMDocument{}
	for binding, d := range file {
		for _, raw := range d.Contents {
			content := string(raw)
			_ = json.Unmarshal(raw, &content) // one that is no JSON is written as a string
			d.SSMDocument.Contents = append(d.SSMDocument.Contents, content)
		}
		all[binding] = d.SSMDocument
	}
	return all
})
