package mutants

import (
	"slices"
	"strings"

	"github.com/sendspec/sendspec/reference/jsontree"
)

const (
	documentSource  = "evidence: errors/InvalidDocument/unknown; InvalidDocument, unknown document"
	versionSource   = "evidence: errors/InvalidDocumentVersion/unknown; InvalidDocumentVersion, version 999999"
	hashSource      = "evidence: errors/InvalidDocument/hash"
	parameterSource = "evidence: errors/InvalidParameters/unknown, errors/InvalidParameters/values"
	// timeoutPattern is the allowedPattern of AWS-RunShellScript's executionTimeout.
	timeoutPattern = `([1-9][0-9]{0,4})|(1[0-6][0-9]{4})|(17[0-1][0-9]{3})|(172[0-7][0-9]{2})|(172800)`
)

// documentMutants look at a document, its version, its hash and its parameters, and see less than AWS does.
func documentMutants() []Mutant {
	const document, version = "error/InvalidDocument", "error/InvalidDocumentVersion"
	const hash, parameters = "error/DocumentHash", "error/InvalidParameters"
	plain := has("DocumentName", "sendspec-plain")
	// with takes parameters that are mended.
	with := func(mend func(t, parameters *jsontree.Value) bool) answer {
		return overlooking("InvalidParameters", func(t *jsontree.Value) bool {
			if v := t.Get("Parameters"); v == nil || v.Kind != jsontree.Object {
				set(t, "Parameters", value("{}"))
			}
			return mend(t, t.Get("Parameters"))
		})
	}
	replacing := func(name, good string, such condition) answer {
		path := "Parameters." + name + "[]"
		return overlooking("InvalidParameters", mending(some(path, such), inside(path, replaced(`"`+good+`"`))))
	}
	dropping := func(such func(m jsontree.Member) bool) func(_, parameters *jsontree.Value) bool {
		return func(_, p *jsontree.Value) bool {
			n := len(p.Members)
			p.Members = slices.DeleteFunc(p.Members, such)
			return len(p.Members) < n
		}
	}
	undeclared := func(m jsontree.Member) bool { return !declared(m.Name) }
	versionIs := func(number string) answer {
		return overlooking("InvalidDocumentVersion", mending(has("DocumentVersion", number), put("DocumentVersion", `"1"`)))
	}
	return []Mutant{
		{"semantics/document-of-aws", "Every name with AWS- in front is a document of AWS", documentSource, Must, document,
			documentWhere(starting("AWS-"))},
		{"semantics/document-any-arn", "What has the form of an ARN is the ARN of a document", documentSource, Must, document,
			documentWhere(matching(":"))},
		{"semantics/document-last-of-arn", "Of an ARN only the last part counts, whichever account it names",
			"API_SendCommand, DocumentName: a name or ARN that hasn't been shared with your account gives InvalidDocument", Must,
			document, overlooking("InvalidDocument", mending(some("DocumentName", matching("/")), texts(afterSlash, "DocumentName")))},
		{"semantics/document-of-any-type", "A document of type Automation is run, too",
			"evidence: errors/InvalidDocument/other-types; other types than Command are rejected; inferred", Must, document,
			overlooking("InvalidDocument", insteadOf("sendspec-automation"))},
		{"semantics/version-of-32-bits", "DocumentVersion is kept in 32 bits", versionSource, Must, version, versionIs("4294967297")},
		{"semantics/version-of-64-bits", "DocumentVersion is kept in 64 bits", versionSource, Must, version,
			versionIs("18446744073709551617")},
		{"semantics/version-too-large-fails", "A version beyond 64 bits makes the server fail", failsSource, Must, version,
			failing500(func(c *call) bool { return len(c.text("DocumentVersion")) >= len("9223372036854775808") })},
		{"semantics/hash-ignored", "DocumentHash is not compared", hashSource, Must, hash,
			overlooking("InvalidDocument", without("DocumentHash"))},
		{"semantics/hash-of-no-version", "A wrong DocumentHash is an InvalidDocumentVersion", hashSource, Must, hash,
			refused(where(has("DocumentHash"), says("InvalidDocumentVersion", "")), "InvalidDocument")},
		{"semantics/hash-without-text", "A wrong DocumentHash has no text, as an unknown document has none", hashSource, Should, hash,
			refused(where(has("DocumentHash"), says("InvalidDocument", "")), "InvalidDocument")},
		{"semantics/hash-of-either-type", "DocumentHashType does not count: either hash of the document will do", hashSource, Should,
			hash, overlooking("InvalidDocument", mending(has("DocumentHash"), func(_ *call, t *jsontree.Value) {
				other := map[bool]string{true: "Sha1", false: "Sha256"}[member(t, "DocumentHashType") == "Sha256"]
				set(t, "DocumentHashType", text(other))
			}))},
		{"semantics/parameter-undeclared", "A parameter that the document does not declare is taken, where it declares some",
			parameterSource, Must, parameters, with(func(t, p *jsontree.Value) bool {
				return !plain(t) && dropping(undeclared)(t, p)
			})},
		{"semantics/parameter-undeclared-empty", "A parameter that the document does not declare is taken if it has no values",
			parameterSource, Should, parameters,
			with(dropping(func(m jsontree.Member) bool { return undeclared(m) && len(m.Value.Items) == 0 }))},
		{"semantics/parameters-for-none", "A document that declares no parameters takes any", parameterSource, Must, parameters,
			overlooking("InvalidParameters", mending(plain, put("Parameters", "{}")))},
		{"semantics/required-missing", "A required parameter may be missing", parameterSource, Must, parameters, with(addRequired)},
		{"semantics/required-if-any", "A required parameter may be missing where there are no Parameters at all", parameterSource, Must,
			parameters, with(func(t, p *jsontree.Value) bool { return len(p.Members) == 0 && addRequired(t, p) })},
		{"semantics/required-if-named", "Parameters that name something have all that is required", parameterSource, Must, parameters,
			with(func(t, p *jsontree.Value) bool { return len(p.Members) > 0 && addRequired(t, p) })},
		{"semantics/allowed-values", "A parameter's allowedValues do not count", parameterSource, Must, parameters,
			replacing("choice", "a", has(""))},
		{"semantics/allowed-pattern", "A parameter's allowedPattern does not count", parameterSource, Must, parameters,
			replacing("digits", "1", has(""))},
		{"semantics/pattern-anywhere",
			"A value takes its allowedPattern for found wherever it has it, as the pattern of AWS-RunShellScript has no anchors",
			parameterSource, Must, parameters, replacing("executionTimeout", "3600", matching(timeoutPattern))},
		{"semantics/pattern-from-start", "A value has to begin as its allowedPattern says, and may go on", parameterSource, Must,
			parameters, replacing("executionTimeout", "3600", matching("^(?:"+timeoutPattern+")"))},
		{"semantics/timeout-any-number", "An executionTimeout is any number of seconds", parameterSource, Must, parameters,
			replacing("executionTimeout", "3600", matching(`^[0-9]+$`))},
		{"semantics/parameter-types", "A value that cannot be read as its parameter's type is taken", parameterSource, Should,
			parameters, with(dropping(func(m jsontree.Member) bool {
				return slices.Contains([]string{"number", "flag", "map", "maps"}, m.Name)
			}))},
		{"semantics/parameters-first", "Parameters that no document declares are named before a document that does not exist",
			"evidence: errors/precedence/document-before-parameters", Should, "error/Precedence",
			refused(where(func(t *jsontree.Value) bool {
				v := t.Get("Parameters")
				return v != nil && slices.ContainsFunc(v.Members, undeclared)
			}, says("InvalidParameters", "")), "InvalidDocument")},
		{"semantics/access-to-document", "The permission to send a document is not asked for", accessSource, Must,
			"error/AccessDeniedException", overlooking("AccessDeniedException", insteadOf("sendspec-denied"))},
	}
}

// insteadOf puts a document that any may send in the place of this one.
func insteadOf(document string) func(t *jsontree.Value) bool {
	return mending(has("DocumentName", document), put("DocumentName", `"sendspec-plain"`))
}

// documentWhere takes some names for those of a document that exists.
func documentWhere(such condition) answer {
	unknown := every(some("DocumentName", such), not(has("DocumentName", "sendspec-automation")), not(has("DocumentHash")))
	return overlooking("InvalidDocument", mending(unknown,
		put("DocumentName", `"AWS-RunShellScript"`, "Parameters", `{"commands":["true"]}`), drop("DocumentVersion")))
}

// goodParameters are parameters that a document takes.
func goodParameters(document string) jsontree.Value {
	switch {
	case document == "sendspec-typed":
		return value(`{"name":["sendspec"]}`)
	case strings.HasPrefix(document, "AWS-") || document == "sendspec-step":
		return value(`{"commands":["true"]}`)
	}
	return value(`{}`)
}

// declared reports whether one of the documents that the cases send declares a parameter.
func declared(name string) bool {
	names := "commands workingDirectory executionTimeout name choice digits list number flag map maps t"
	return slices.Contains(strings.Fields(names), name)
}

func addRequired(t, parameters *jsontree.Value) bool {
	n := len(parameters.Members)
	for _, m := range goodParameters(member(t, "DocumentName")).Members {
		if parameters.Get(m.Name) == nil {
			set(parameters, m.Name, m.Value)
		}
	}
	return len(parameters.Members) > n
}
