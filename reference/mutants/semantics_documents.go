package mutants

import (
	"regexp"
	"slices"
	"strings"

	"github.com/sendspec/sendspec/reference"
	"github.com/sendspec/sendspec/reference/jsontree"
)

// admissionMutants are the ways in which a server looks at what a request means, and sees less than AWS does.
func admissionMutants() []Mutant {
	return slices.Concat(documentMutants(), parameterMutants(), targetMutants(), nodeMutants(), askedForMutants(), sizeMutants())
}

const (
	documentSource  = "facts.md section 3, Messages: InvalidDocument, unknown document"
	versionSource   = "facts.md section 3, Messages: InvalidDocumentVersion, version 999999"
	hashSource      = "model.json: DocumentHash, the hash that was created when the document was; no recording of a mismatch"
	parameterSource = "facts.md section 3, Messages: InvalidParameters, parameter not declared, value not in allowedValues, pattern"
)

func documentMutants() []Mutant {
	document, version := []string{"error/InvalidDocument"}, []string{"error/InvalidDocumentVersion"}
	return answerMutants(familySemantics, []Profile{Core}, []answerRow{
		{"document-of-aws", "Whatever begins with AWS- is a document of AWS", documentSource, Must, document, overlooking("InvalidDocument", documentWhere(func(name string) bool {
			return strings.HasPrefix(name, "AWS-")
		}))},
		{"document-any-arn", "What has the form of an ARN is the ARN of a document", documentSource, Must, document, overlooking("InvalidDocument", documentWhere(func(name string) bool {
			return strings.Contains(name, ":")
		}))},
		{"document-last-of-arn", "Of an ARN only the last part counts, whichever account it names",
			"API_SendCommand, DocumentName: a name or ARN that hasn't been shared with your account gives InvalidDocument", Must, document,
			overlooking("InvalidDocument", func(t *jsontree.Value) bool {
				name := member(t, "DocumentName")
				set(t, "DocumentName", text(name[strings.LastIndexByte(name, '/')+1:]))
				return strings.Contains(name, "/")
			})},
		{"document-of-any-type", "A document of type Automation is run, too", "run-command-notes.md, Documents: other types than Command are rejected; inferred", Must, document,
			overlooking("InvalidDocument", func(t *jsontree.Value) bool {
				if member(t, "DocumentName") != "sendspec-automation" {
					return false
				}
				set(t, "DocumentName", text("sendspec-plain"))
				return true
			})},
		{"version-clamped", "A version behind the last is the last", versionSource, Must, version, overlooking("InvalidDocumentVersion", func(t *jsontree.Value) bool {
			set(t, "DocumentVersion", text("$LATEST"))
			return true
		})},
		{"version-of-32-bits", "DocumentVersion is kept in 32 bits", versionSource, Must, version, overlooking("InvalidDocumentVersion", wrapped(10))},
		{"version-of-64-bits", "DocumentVersion is kept in 64 bits", versionSource, Must, version, overlooking("InvalidDocumentVersion", wrapped(20))},
		{"version-too-large-fails", "A version beyond 64 bits makes the server fail", "CommonErrors: 5xx is for the server's faults", Must, version,
			failing500(func(c *call) bool { return len(member(c.tree(), "DocumentVersion")) >= len("9223372036854775808") })},
		{"hash-ignored", "DocumentHash is not compared", hashSource, Should, []string{"error/DocumentHash"}, overlooking("InvalidDocument", without("DocumentHash"))},
		{"hash-of-either-type", "DocumentHashType does not count: either hash of the document will do", hashSource, Should, []string{"error/DocumentHash"},
			overlooking("InvalidDocument", func(t *jsontree.Value) bool {
				other := "Sha256"
				if member(t, "DocumentHashType") == other {
					other = "Sha1"
				}
				set(t, "DocumentHashType", text(other))
				return t.Get("DocumentHash") != nil
			})},
	})
}

// documentWhere puts a document that exists, with the parameters that it needs, in the place of some names.
func documentWhere(such func(name string) bool) func(t *jsontree.Value) bool {
	return func(t *jsontree.Value) bool {
		if name := member(t, "DocumentName"); !such(name) || name == "sendspec-automation" || t.Get("DocumentHash") != nil {
			return false
		}
		set(t, "DocumentName", text("AWS-RunShellScript"))
		set(t, "Parameters", goodParameters("AWS-RunShellScript"))
		remove(t, "DocumentVersion")
		return true
	}
}

// wrapped takes a DocumentVersion of at least so many digits for the 1 that its low bits are.
func wrapped(digits int) func(t *jsontree.Value) bool {
	ones := map[int]string{10: "4294967297", 20: "18446744073709551617"}
	return func(t *jsontree.Value) bool {
		is := member(t, "DocumentVersion") == ones[digits]
		set(t, "DocumentVersion", text("1"))
		return is
	}
}

func parameterMutants() []Mutant {
	expect := []string{"error/InvalidParameters"}
	row := func(what, wrong string, level Level, mend func(t, parameters *jsontree.Value) bool) answerRow {
		return answerRow{what, wrong, parameterSource, level, expect, overlooking("InvalidParameters", func(t *jsontree.Value) bool {
			if v := t.Get("Parameters"); v == nil || v.Kind != jsontree.Object {
				set(t, "Parameters", value("{}"))
			}
			return mend(t, t.Get("Parameters"))
		})}
	}
	return answerMutants(familySemantics, []Profile{Core}, []answerRow{
		row("parameter-undeclared", "A parameter that the document does not declare is taken, where it declares some", Must, func(t, p *jsontree.Value) bool {
			return member(t, "DocumentName") != "sendspec-plain" && dropUndeclared(p)
		}),
		row("parameter-undeclared-empty", "A parameter that the document does not declare is taken if it has no values", Should, func(_, p *jsontree.Value) bool {
			n := len(p.Members)
			p.Members = slices.DeleteFunc(p.Members, func(m jsontree.Member) bool { return !declared(m.Name) && len(m.Value.Items) == 0 })
			return len(p.Members) < n
		}),
		row("parameters-for-none", "A document that declares no parameters takes any", Must, func(t, p *jsontree.Value) bool {
			*p = value("{}")
			return member(t, "DocumentName") == "sendspec-plain"
		}),
		row("required-missing", "A required parameter may be missing", Must, addRequired),
		row("required-if-any", "A required parameter may be missing where there are no Parameters at all", Must, func(t, p *jsontree.Value) bool {
			return len(p.Members) == 0 && addRequired(t, p)
		}),
		row("required-if-named", "Parameters that name something have all that is required", Must, func(t, p *jsontree.Value) bool {
			return len(p.Members) > 0 && addRequired(t, p)
		}),
		row("allowed-values", "A parameter's allowedValues do not count", Must, replacing("choice", "a", func(string) bool { return true })),
		row("allowed-pattern", "A parameter's allowedPattern does not count", Must, replacing("digits", "1", func(string) bool { return true })),
		row("pattern-anywhere", "A value takes its allowedPattern for found wherever it has it, as the pattern of AWS-RunShellScript has no anchors", Must,
			replacing("executionTimeout", "3600", regexp.MustCompile(timeoutPattern).MatchString)),
		row("pattern-from-start", "A value has to begin as its allowedPattern says, and may go on", Must,
			replacing("executionTimeout", "3600", regexp.MustCompile("^(?:"+timeoutPattern+")").MatchString)),
		row("timeout-any-number", "An executionTimeout is any number of seconds", Must, replacing("executionTimeout", "3600", regexp.MustCompile(`^[0-9]+$`).MatchString)),
		row("parameter-types", "A value that cannot be read as its parameter's type is taken", Should, func(_, p *jsontree.Value) bool {
			n := len(p.Members)
			p.Members = slices.DeleteFunc(p.Members, func(m jsontree.Member) bool {
				return slices.Contains([]string{"number", "flag", "map", "maps"}, m.Name)
			})
			return len(p.Members) < n
		}),
	})
}

// timeoutPattern is the allowedPattern of AWS-RunShellScript's executionTimeout.
const timeoutPattern = `([1-9][0-9]{0,4})|(1[0-6][0-9]{4})|(17[0-1][0-9]{3})|(172[0-7][0-9]{2})|(172800)`

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

// declared tells whether one of the documents that the cases send declares a parameter.
func declared(name string) bool {
	return slices.Contains(strings.Fields("commands workingDirectory executionTimeout name choice digits list number flag map maps t"), name)
}

func dropUndeclared(parameters *jsontree.Value) bool {
	n := len(parameters.Members)
	parameters.Members = slices.DeleteFunc(parameters.Members, func(m jsontree.Member) bool { return !declared(m.Name) })
	return len(parameters.Members) < n
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

// replacing puts a good value in the place of a parameter's wrong ones.
func replacing(name, good string, such func(s string) bool) func(t, parameters *jsontree.Value) bool {
	return func(_, parameters *jsontree.Value) bool {
		list := parameters.Get(name)
		if list == nil || len(list.Items) == 0 || !such(list.Items[0].Text) {
			return false
		}
		list.Items[0] = text(good)
		return true
	}
}

func without(name string) func(t *jsontree.Value) bool {
	return func(t *jsontree.Value) bool {
		had := t.Get(name) != nil
		remove(t, name)
		return had
	}
}

// overlooking asks again without the fault, where a request was refused for it, and answers as if it were none.
// Mend takes the fault out, and tells whether the request has it.
func overlooking(name string, mend func(request *jsontree.Value) bool) func() defect {
	return stateless(func(c *call, p *planted) *reply {
		r := p.ask(c)
		if r.ok() || !c.is(reference.SendCommand) || r.shapeOf() != name || !mend(c.tree()) {
			return r
		}
		given, err := jsontree.Parse(c.body)
		if err != nil {
			return r
		}
		return p.askTree(c).editCommands(func(command *jsontree.Value) {
			for _, m := range []struct{ given, echoed, otherwise string }{
				{"DocumentName", "DocumentName", `""`}, {"DocumentVersion", "DocumentVersion", `"$DEFAULT"`}, {"Parameters", "Parameters", `{}`},
				{"InstanceIds", "InstanceIds", `[]`}, {"Targets", "Targets", `[]`}, {"ServiceRoleArn", "ServiceRole", `""`},
			} {
				if v := given.Get(m.given); v != nil && v.Kind != jsontree.Null {
					set(command, m.echoed, *v)
				} else {
					set(command, m.echoed, value(m.otherwise))
				}
			}
			copyMember(given, "NotificationConfig", command, "NotificationConfig")
			if ids := given.Get("InstanceIds"); ids != nil {
				setNumber(command, "TargetCount", int64(len(ids.Items)))
			}
			if alarms := given.Pointer("/AlarmConfiguration/Alarms"); alarms != nil {
				set(command.Get("AlarmConfiguration"), "Alarms", *alarms)
			}
		})
	})
}
