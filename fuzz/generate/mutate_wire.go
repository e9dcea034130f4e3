package generate

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sendspec/sendspec/conformance/oracle"
	"github.com/sendspec/sendspec/fixtures"
)

// wireChange is one way in which the HTTP of a good request is odd, with what conforms. The sources are
// those of the fixtures of the area wire, which tell more of each.
type wireChange struct {
	name string
	// family is what a server that gets one of them wrong most likely gets wrong of all.
	family   string
	apply    func(r *fixtures.Request, text []byte)
	outcomes []fixtures.Outcome
	level    fixtures.Level
	evidence fixtures.Evidence
}

var (
	documentedHTTP = fixtures.Evidence{
		"http/chunked", "http/malformed-chunks", "http/body-length", "http/both-lengths", "http/content-length-twice",
	}
	fieldSyntax  = fixtures.Evidence{"http/field-syntax"}
	seenOnAthena = fixtures.Evidence{"framework/unknown-operation", "framework/content-type"}
	nobodySaw    = oracle.Unrecorded
)

// What conforms as an answer to odd HTTP.
var (
	taken          = []fixtures.Outcome{oracle.Accepted}
	below          = []fixtures.Outcome{oracle.RefusedBelow, outcomeClosed}
	uncertain      = []fixtures.Outcome{oracle.Accepted, oracle.RefusedBelow, outcomeClosed}
	unknown        = []fixtures.Outcome{outcomeUnknownOperation}
	takenOrUnknown = []fixtures.Outcome{oracle.Accepted, outcomeUnknownOperation}
	notTheType     = []fixtures.Outcome{oracle.RefusedBelow, outcomeUnknownInside}
	anyType        = []fixtures.Outcome{oracle.Accepted, oracle.RefusedBelow, outcomeUnknownInside}
	anyRead        = []fixtures.Outcome{oracle.Accepted, oracle.Serialization, oracle.RefusedBelow}
	noMethod       = []fixtures.Outcome{oracle.RefusedBelow, outcomeNotImplemented, outcomeClosed}
)

// wireChanges lists the changes. No chunk's size is beyond 32 bits and no body large: a target must not be
// made to fill its memory, but by setting aside what a Content-Length only says.
func wireChanges() []wireChange {
	return slices.Concat(framingChanges(), headerChanges(), rawHeaderChanges(), lineChanges())
}

func framingChanges() []wireChange {
	var all []wireChange
	add := func(outcomes []fixtures.Outcome, family, name string, framing fixtures.Framing) {
		apply := func(r *fixtures.Request, _ []byte) { r.Framing = &framing }
		all = append(all, wireChange{name, family, apply, outcomes, fixtures.Must, documentedHTTP})
	}
	for _, size := range []int{1, 7, 64, 4096} {
		add(taken, "good chunks", fmt.Sprintf("chunks of %d bytes", size), fixtures.Framing{Chunked: size})
	}
	for _, c := range chunkings() {
		outcomes := map[string][]fixtures.Outcome{"good": taken, "bad": below, "doubtful": uncertain}[c.verdict]
		apply := func(r *fixtures.Request, text []byte) { rawChunks(r, c.encode(string(text))) }
		all = append(all, wireChange{"chunks: " + c.name, c.verdict + " chunks", apply, outcomes, fixtures.Must, documentedHTTP})
	}
	for _, n := range []int{-1, -2, -40, 1, 1000, -100000, 1 << 30} {
		add(below, "wrong Content-Length", fmt.Sprintf("Content-Length wrong by %d", n), fixtures.Framing{ContentLength: n})
	}
	for _, n := range []int{0, 1, -1} {
		outcomes := below
		if n == 0 {
			outcomes = uncertain
		}
		name := fmt.Sprintf("Content-Length twice, differing by %d", n)
		add(outcomes, "Content-Length twice", name, fixtures.Framing{RepeatContentLength: &n})
	}
	add(uncertain, "doubtful chunks", "Content-Length beside chunks", fixtures.Framing{BothLengths: true})
	return all
}

// rawChunks sends a body as the text of its chunks, which may be at fault.
func rawChunks(r *fixtures.Request, chunks string) { r.Framing = &fixtures.Framing{RawChunks: &chunks} }

func headerChanges() []wireChange {
	var all []wireChange
	header := func(level fixtures.Level, evidence fixtures.Evidence, outcomes []fixtures.Outcome, name string, values ...string) {
		what := fmt.Sprintf("%s %q", name, strings.Join(values, `", "`))
		if len(values) == 0 {
			what = name + " missing"
		}
		family := what
		if name == "Content-Type" && len(values) == 1 {
			family = "another Content-Type"
		}
		apply := func(r *fixtures.Request, _ []byte) { setHeader(r, name, values...) }
		all = append(all, wireChange{what, family, apply, outcomes, level, evidence})
	}
	targets := func(level fixtures.Level, family string, values ...string) {
		for _, value := range values {
			header(level, seenOnAthena, unknown, "X-Amz-Target", value)
			all[len(all)-1].family = family
		}
	}
	for _, parameters := range []string{"; charset=utf-8", ";charset=utf-8", "; charset=UTF-8"} {
		header(fixtures.Must, documentedHTTP, taken, "Content-Type", "application/x-amz-json-1.1"+parameters)
	}
	header(fixtures.Must, nobodySaw, anyType, "Content-Type", "APPLICATION/X-AMZ-JSON-1.1")
	header(fixtures.Must, nobodySaw, anyType, "Content-Type", "application/x-amz-json-1.1", "application/json")
	for _, other := range []string{
		"application/json", "application/x-amz-json-1.0", "text/plain", "application/xml", "application/x-www-form-urlencoded", "",
	} {
		header(fixtures.Should, seenOnAthena, notTheType, "Content-Type", other)
	}
	header(fixtures.Should, seenOnAthena, notTheType, "Content-Type")
	targets(fixtures.Must, "X-Amz-Target with another operation", "AmazonSSM.SendspecCommand", "AmazonSSM.Send", "AmazonSSM.",
		"AmazonSSM", "AmazonSSM:SendCommand", "AmazonSSM.__class__", "AmazonSSM.SendCommand'", "AmazonSSM.sendCommand",
		"AmazonSSM.SendCommand.SendCommand")
	targets(fixtures.Must, "X-Amz-Target with another prefix",
		".SendCommand", "SendCommand", "amazonssm.SendCommand", "AmazonAthena.SendCommand", "DynamoDB_20120810.SendCommand")
	targets(fixtures.Should, "X-Amz-Target with something beside the names",
		"AmazonSSM_20141106.SendCommand", "AmazonSSM .SendCommand", "AmazonSSM. SendCommand", "AmazonSSM.SendCommand x")
	header(fixtures.Must, seenOnAthena, unknown, "X-Amz-Target")
	targets(fixtures.Must, "X-Amz-Target missing", "")
	header(fixtures.Must, nobodySaw, takenOrUnknown, "X-Amz-Target", "AmazonSSM.SendCommand", "AmazonSSM.SendspecCommand")
	for _, accept := range []string{"application/xml", "text/html", "*/*;q=0"} {
		header(fixtures.Should, nobodySaw, taken, "Accept", accept)
	}
	header(fixtures.Must, documentedHTTP, taken, "Accept-Encoding", "identity")
	header(fixtures.Should, nobodySaw, taken, "X-HTTP-Method-Override", "DELETE")
	header(fixtures.Should, nobodySaw, taken, "Cookie", "a=b; a=b")
	header(fixtures.Must, nobodySaw, uncertain, "X-Sendspec", "é ü", "\"", strings.Repeat("x", 1000))
	header(fixtures.Must, nobodySaw, anyRead, "Content-Encoding", "gzip")
	return all
}

// rawHeaderChanges are headers that no client writes: only a request whose bytes are given can have them.
func rawHeaderChanges() []wireChange {
	var all []wireChange
	add := func(name, family, header, value string, outcomes []fixtures.Outcome, level fixtures.Level, evidence fixtures.Evidence) {
		apply := func(r *fixtures.Request, text []byte) {
			rawChunks(r, oneChunk(string(text), "\r\n"))
			setHeader(r, header, value)
		}
		all = append(all, wireChange{name, family, apply, outcomes, level, evidence})
	}
	for _, host := range []string{"a b", "a/b", "a@b"} {
		add("Host "+host, "a Host that can be no host", "Host", host, below, fixtures.Should, documentedHTTP)
	}
	add("header folded over two lines", "header folded over two lines", "X-Sendspec", "a\r\n b", uncertain, fixtures.Must, nobodySaw)
	noField := "a header line that is none"
	add("header line without a colon", noField, "X-Sendspec", "a\r\nb", below, fixtures.Should, fieldSyntax)
	add("white space before the colon", noField, "X-Sendspec ", "1", below, fixtures.Must, fieldSyntax)
	return all
}

func setHeader(r *fixtures.Request, name string, values ...string) {
	if r.Headers == nil {
		r.Headers = map[string]*fixtures.Header{}
	}
	if r.Headers[name] = nil; len(values) > 0 {
		h := fixtures.Header(values)
		r.Headers[name] = &h
	}
}

func lineChanges() []wireChange {
	var all []wireChange
	method := func(name, family string, outcomes []fixtures.Outcome, level fixtures.Level, evidence fixtures.Evidence) {
		apply := func(r *fixtures.Request, _ []byte) { r.Method = name }
		all = append(all, wireChange{"method " + name, family, apply, outcomes, level, evidence})
	}
	for _, name := range []string{"GET", "PUT", "DELETE", "PATCH"} {
		method(name, "another method", []fixtures.Outcome{oracle.RefusedBelow}, fixtures.Should, fixtures.Evidence{"protocol/post"})
	}
	method("SENDSPEC", "an unknown method", noMethod, fixtures.Must, nobodySaw)
	method("OPTIONS", "OPTIONS", []fixtures.Outcome{oracle.RefusedBelow, outcomeAnswered}, fixtures.Should,
		fixtures.Evidence{"protocol/preflight"})
	for _, p := range []string{"/foo", "//", "/SendCommand", "/.", "/%00", "/%2F", "/?Action=CancelCommand", "/?x=y", "/?", "/a/b/c"} {
		all = append(all, wireChange{"path " + p, "another path", func(r *fixtures.Request, _ []byte) { r.Path = p },
			[]fixtures.Outcome{oracle.RefusedBelow, oracle.Accepted, outcomeClosed}, fixtures.May, nobodySaw})
	}
	return all
}

// chunking is one way to write a body in chunks.
type chunking struct {
	name, verdict string
	encode        func(text string) string
}

func oneChunk(text, lineEnd string) string {
	return fmt.Sprintf("%x%s%s%s0%s%s", len(text), lineEnd, text, lineEnd, lineEnd, lineEnd)
}

func chunkings() []chunking {
	size := func(format string) func(string) string {
		return func(text string) string { return fmt.Sprintf(format, len(text), text) }
	}
	return []chunking{
		{"upper-case size", "good", size("%X\r\n%s\r\n0\r\n\r\n")},
		{"leading zeros", "good", size("0000%x\r\n%s\r\n0\r\n\r\n")},
		{"extension", "good", size("%x;a=b\r\n%s\r\n0\r\n\r\n")},
		{"extension in quotes", "good", size("%x;a=\";b\"\r\n%s\r\n0\r\n\r\n")},
		{"last chunk of many zeros", "good", size("%x\r\n%s\r\n000\r\n\r\n")},
		{"two", "good", func(text string) string {
			half := len(text) / 2
			return fmt.Sprintf("%x\r\n%s\r\n%x\r\n%s\r\n0\r\n\r\n", half, text[:half], len(text)-half, text[half:])
		}},
		{"trailer", "good", size("%x\r\n%s\r\n0\r\nX-Sendspec: a\r\n\r\n")},
		{"size is no number", "bad", func(text string) string { return "zz\r\n" + text + "\r\n0\r\n\r\n" }},
		{"size missing", "bad", func(text string) string { return "\r\n" + text + "\r\n0\r\n\r\n" }},
		{"size negative", "bad", size("-%x\r\n%s\r\n0\r\n\r\n")},
		{"size with 0x", "bad", size("0x%x\r\n%s\r\n0\r\n\r\n")},
		{"size too small", "bad", func(text string) string { return fmt.Sprintf("%x\r\n%s\r\n0\r\n\r\n", max(1, len(text)-5), text) }},
		{"line end missing behind the chunk", "bad", size("%x\r\n%s0\r\n\r\n")},
		{"none", "bad", func(string) string { return "" }},
		{"not in chunks", "bad", func(text string) string { return text }},
		{"no bytes", "bad", func(string) string { return "0\r\n\r\n" }},
		{"last chunk missing", "bad", size("%x\r\n%s\r\n")},
		{"cut in the size", "bad", func(string) string { return "8" }},
		{"line feeds alone", "doubtful", func(text string) string { return oneChunk(text, "\n") }},
		{"space behind the size", "doubtful", size("%x \r\n%s\r\n0\r\n\r\n")},
		{"extension of 100 KB", "doubtful", func(text string) string {
			return strings.Replace(oneChunk(text, "\r\n"), "\r\n", ";a="+strings.Repeat("x", 100000)+"\r\n", 1)
		}},
		{"bytes behind the end", "doubtful", func(text string) string { return oneChunk(text, "\r\n") + "GET / HTTP/1.1\r\n\r\n" }},
	}
}
