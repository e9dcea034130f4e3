package service

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// scriptResult is what a script does when nothing interrupts it.
type scriptResult struct {
	elapsed time.Duration
	code    int
	output  []chunk
	// made are the directories that the script made: they outlive a reboot.
	made map[string]bool
}

// reboot is the exit code by which a script asks for a reboot of its node, and to be run again after it (evidence:
// status/exit-194). How long that takes is our choice, that what was written before is not kept, and how often at most.
const (
	reboot     = 194
	rebootTime = 45 * time.Second
	mostBoots  = 100
)

// notFound is the exit code of a shell for a command it does not know.
const notFound = 127

// toStderr is the one redirection that scripts may use.
const toStderr = ">&2"

// maxSleep bounds a sleep, so that sums of them stay within a time.Duration.
const maxSleep = 30 * 24 * time.Hour

// exitMessage is what the agent writes to stderr after a script that failed
// (evidence: output/exit-status-line).
func exitMessage(code int) string { return "failed to run commands: exit status " + strconv.Itoa(code) }

// runScript interprets a script of the commands exit, sleep, echo, printf, mkdir, true, false and :, one
// after the other, divided by line ends and semicolons, with output redirected by >&2 and words
// quoted as in a shell. Any other command is not found. Its exit code is that of the last command,
// or of exit. A command after && runs where the one before succeeded, and mkdir fails where the directory is there.
func runScript(script string) scriptResult {
	all, r := statements(script), scriptResult{made: map[string]bool{}}
	for range mostBoots {
		r.code, r.output = 0, nil
		r.runAll(all)
		if r.code != reboot {
			return r
		}
		r.elapsed += rebootTime
	}
	r.elapsed = maxSleep
	return r
}

func (r *scriptResult) runAll(all []statement) {
	for _, st := range all {
		if st.ifSucceeded && r.code != 0 {
			continue
		}
		if r.run(st) {
			return
		}
	}
}

// run runs one statement, and reports whether it ends the script.
func (r *scriptResult) run(st statement) (exit bool) {
	stderr := false
	var args []string
	for _, w := range st.words {
		if !w.quoted && w.text == toStderr {
			stderr = true
			continue
		}
		args = append(args, w.text)
	}
	if len(args) == 0 {
		return false
	}
	name, args := args[0], args[1:]
	code := 0
	switch name {
	case "true", ":":
	case "false":
		code = 1
	case "echo":
		end := "\n"
		if len(args) > 0 && args[0] == "-n" {
			args, end = args[1:], ""
		}
		r.write(strings.Join(args, " ")+end, stderr)
	case "printf":
		r.write(printf(args), stderr)
	case "mkdir":
		code = r.mkdir(args)
	case "sleep":
		code = r.sleep(args)
	case "exit":
		r.code = exitCode(args, r.code)
		return true
	default:
		r.write("sh: line "+strconv.Itoa(st.line)+": "+name+": command not found\n", true)
		code = notFound
	}
	r.code = code
	return false
}

func (r *scriptResult) write(text string, stderr bool) {
	if text != "" {
		r.output = append(r.output, chunk{at: r.elapsed, text: text, stderr: stderr})
	}
}

func (r *scriptResult) sleep(args []string) (code int) {
	if len(args) == 1 {
		if seconds, err := strconv.ParseFloat(strings.TrimSuffix(args[0], "s"), 64); err == nil && seconds >= 0 && !math.IsInf(seconds, 0) {
			r.elapsed = min(r.elapsed+time.Duration(min(seconds, maxSleep.Seconds())*float64(time.Second)), maxSleep)
			return 0
		}
	}
	r.write("sleep: invalid time interval\n", true)
	return 1
}

func (r *scriptResult) mkdir(args []string) (code int) {
	for _, name := range args {
		if r.made[name] {
			r.write("mkdir: cannot create directory '"+name+"': File exists\n", true)
			code = 1
		}
		r.made[name] = true
	}
	return code
}

// exitCode is that of exit: the last command's without a number, modulo 256 with one, and 2, as in
// bash, with something else.
func exitCode(args []string, last int) int {
	if len(args) == 0 {
		return last
	}
	n, err := strconv.ParseInt(args[0], 10, 64)
	if err != nil {
		return 2
	}
	return int(n & 0xff)
}

var printfEscapes = strings.NewReplacer(`\n`, "\n", `\t`, "\t", `\\`, `\`, `\"`, `"`, `%%`, "%")

// printf knows the escapes \n, \t, \\ and \", and %s and %d.
func printf(args []string) string {
	if len(args) == 0 {
		return ""
	}
	format, args := args[0], args[1:]
	var b strings.Builder
	for {
		i := strings.IndexByte(format, '%')
		if i < 0 || i+1 == len(format) {
			b.WriteString(printfEscapes.Replace(format))
			return b.String()
		}
		b.WriteString(printfEscapes.Replace(format[:i]))
		switch format[i+1] {
		case 's', 'd':
			if len(args) > 0 {
				b.WriteString(args[0])
				args = args[1:]
			}
		case '%':
			b.WriteByte('%')
		default:
			b.WriteString(format[i : i+2])
		}
		format = format[i+2:]
	}
}

// word is one word of a statement. A quoted one is no operator.
type word struct {
	text   string
	quoted bool
}

// statement is one command with its words, and the line it ends in.
type statement struct {
	words []word
	line  int
	// ifSucceeded: it follows &&.
	ifSucceeded bool
}

// statements divides a script at its semicolons and line ends, and each part into words. A quotation
// mark that is not closed ends with the script.
func statements(script string) []statement {
	var (
		all    []statement
		words  []word
		b      strings.Builder
		within bool
		quoted bool
		quote  byte
		line   = 1
		and    bool
	)
	endWord := func() {
		if within {
			words = append(words, word{b.String(), quoted})
		}
		b.Reset()
		within, quoted = false, false
	}
	endStatement := func() {
		endWord()
		all, words, and = append(all, statement{words, line, and}), nil, false
	}
	for i := 0; i < len(script); i++ {
		c := script[i]
		switch {
		case quote != 0 && c == quote:
			quote = 0
		case quote == '\'':
			b.WriteByte(c)
		case c == '\\' && i+1 < len(script) && (quote == 0 || strings.IndexByte("\"\\$`", script[i+1]) >= 0):
			i++
			b.WriteByte(script[i])
			within, quoted = true, true
		case quote == '"':
			b.WriteByte(c)
		case c == '\'' || c == '"':
			quote, within, quoted = c, true, true
		case strings.HasPrefix(script[i:], toStderr):
			if b.String() == "1" && !quoted {
				b.Reset()
				within = false
			}
			endWord()
			words = append(words, word{text: toStderr})
			i += len(toStderr) - 1
		case c == ' ' || c == '\t' || c == '\r':
			endWord()
		case strings.HasPrefix(script[i:], "&&"):
			endStatement()
			and = true
			i++
		case c == ';':
			endStatement()
		case c == '\n':
			endStatement()
			line++
		case c == '#' && !within:
			for i+1 < len(script) && script[i+1] != '\n' {
				i++
			}
		default:
			b.WriteByte(c)
			within = true
		}
	}
	endStatement()
	return all
}
