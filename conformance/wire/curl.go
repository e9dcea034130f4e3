package wire

import (
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Curl writes the request as a command for a POSIX shell that sends the same bytes to the endpoint.
// curl signs it anew, with the keys of the environment or else test:test, so that no credential
// is in it. A request whose framing is at fault becomes printf and nc, since curl frames honestly.
//
// A request that is wrongly signed on purpose has no command, "".
func Curl(endpoint, region string, r *Request) string {
	if r.OddlySigned {
		return ""
	}
	if r.Raw != nil {
		return rawCommand(endpoint, r)
	}
	var b strings.Builder
	body := ShellQuote(string(r.Body))
	if !plain(string(r.Body)) {
		fmt.Fprintf(&b, "printf %s | ", printfQuote(string(r.Body)))
		body = "@-"
	} else if strings.HasPrefix(string(r.Body), "@") || len(body) > maxArgument {
		fmt.Fprintf(&b, "printf %%s %s | ", body)
		body = "@-"
	}
	b.WriteString("curl -sS -i")
	if r.Method == http.MethodHead {
		b.WriteString(" -I")
	} else if r.Method != http.MethodPost {
		fmt.Fprintf(&b, " -X %s", ShellQuote(r.Method))
	}
	if r.Get("Authorization") != "" {
		fmt.Fprintf(&b, ` --aws-sigv4 %s --user "${AWS_ACCESS_KEY_ID:-test}:${AWS_SECRET_ACCESS_KEY:-test}"`,
			ShellQuote("aws:amz:"+region+":"+serviceName))
	}
	curlHeaders(&b, r)
	if r.Method != http.MethodHead && (len(r.Body) > 0 || r.Method == http.MethodPost) {
		fmt.Fprintf(&b, " --data-binary %s", body)
	}
	b.WriteString(" --globoff --path-as-is " + ShellQuote(strings.TrimSuffix(endpoint, "/")+r.Path))
	return b.String()
}

// maxArgument is below the 128 KiB that Linux takes as one argument (execve(2), MAX_ARG_STRLEN);
// printf is the shell's own and has no such limit.
const maxArgument = 100 << 10

func curlHeaders(b *strings.Builder, r *Request) {
	sent := map[string]bool{}
	for _, f := range r.Fields {
		name := strings.ToLower(f.Name)
		sent[name] = true
		switch name {
		case "authorization", "x-amz-date", "x-amz-security-token", "user-agent", "content-length":
			continue
		}
		if f.Value == "" {
			fmt.Fprintf(b, " -H %s", ShellQuote(f.Name+";")) // curl's way to send an empty header
			continue
		}
		fmt.Fprintf(b, " -H %s", ShellQuote(f.Name+": "+f.Value))
	}
	if !sent["content-type"] {
		b.WriteString(" -H Content-Type:")
	}
	if r.Host != "" {
		fmt.Fprintf(b, " -H %s", ShellQuote("Host: "+r.Host))
	}
	if r.Chunked > 0 {
		b.WriteString(" -H 'Transfer-Encoding: chunked'")
	}
}

func rawCommand(endpoint string, r *Request) string {
	u, err := url.Parse(endpoint)
	if err != nil {
		return ""
	}
	text := string(NewRedactor().Request(r).Raw)
	if u.Scheme == "https" {
		address := net.JoinHostPort(u.Hostname(), portOf(u))
		return fmt.Sprintf("printf %s | openssl s_client -quiet -connect %s", printfQuote(text), ShellQuote(address))
	}
	closing := "" // a proxy takes the end of the sending for the end of the client
	if r.Ending != Whole {
		closing = " -N"
	}
	return fmt.Sprintf("printf %s | nc%s %s %s", printfQuote(text), closing, ShellQuote(u.Hostname()), portOf(u))
}

// portOf is the port of an endpoint, given or implied.
func portOf(u *url.URL) string {
	if port := u.Port(); port != "" {
		return port
	}
	return map[string]string{"http": "80", "https": "443"}[u.Scheme]
}

// plain reports whether the text survives a shell word and a terminal as it is.
func plain(s string) bool {
	if !utf8.ValidString(s) {
		return false
	}
	return !strings.ContainsFunc(s, func(r rune) bool { return (r < ' ' || r > '~') && !unicode.IsPrint(r) })
}

// ShellQuote writes a text as one word of a POSIX shell.
func ShellQuote(s string) string {
	if s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		return r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("-_./:=@%+,", r)
	}) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// printfQuote writes the bytes as a format for printf(1), octal where they would not print.
func printfQuote(s string) string {
	var b strings.Builder
	b.WriteByte('\'')
	for i := range len(s) {
		switch c := s[i]; {
		case c == '\'':
			b.WriteString(`'\''`)
		case c == '%':
			b.WriteString("%%")
		case c == '\\':
			b.WriteString(`\\`)
		case c == '\r':
			b.WriteString(`\r`)
		case c == '\n':
			b.WriteString(`\n`)
		case c < 0x20, c > 0x7e, c == '-' && i == 0: // a leading - would be an option
			fmt.Fprintf(&b, `\%03o`, c)
		default:
			b.WriteByte(c)
		}
	}
	b.WriteByte('\'')
	return b.String()
}
