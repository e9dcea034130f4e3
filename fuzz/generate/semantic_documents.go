package generate

import (
	"cmp"
	"maps"
	"math/rand"
	"slices"
	"strconv"
	"strings"

	"github.com/sendspec/sendspec/reference/jsontree"

	"github.com/sendspec/sendspec/conformance/oracle"
)

// setDocument sends another document, without parameters.
func setDocument(v *jsontree.Value, name string) bool {
	if name == "" {
		return false
	}
	v.Set("DocumentName", str(name))
	v.Remove("Parameters")
	return true
}

func setParameters(v *jsontree.Value, parameters map[string][]string) {
	v.Set("Parameters", object())
	for _, name := range slices.Sorted(maps.Keys(parameters)) {
		v.Get("Parameters").Set(name, stringsOf(parameters[name]...))
	}
}

var documentMutations = []mutation{
	func(w *world, v *jsontree.Value, r *rand.Rand) string {
		name := "sendspec-" + word(r, 8)
		account := cmp.Or(accountOf(w.bindings["document.arn"]), "000000000000")
		v.Set("DocumentName", str(pick(r, []string{
			name, "AWS-Sendspec" + word(r, 5), "arn:aws:ssm:us-east-1:" + account + ":document/" + name, "sendspec" + word(r, 3), name,
		})))
		if chance(r, 20) {
			setParameters(v, map[string][]string{"sendspec" + word(r, 4): {"x"}})
		}
		return "an unknown document"
	},
	func(w *world, v *jsontree.Value, _ *rand.Rand) string {
		own := w.bindings["document.arn"]
		if account := accountOf(own); account == "" || !setDocument(v, strings.Replace(own, account, "999999999999", 1)) {
			return ""
		}
		return "the ARN of another account"
	},
	func(w *world, v *jsontree.Value, r *rand.Rand) string {
		if !setDocument(v, w.bound(r, "document.automation", "document.denied")) {
			return ""
		}
		return "a document that is not for Run Command, or not for the caller"
	},
	func(w *world, v *jsontree.Value, _ *rand.Rand) string {
		if !setDocument(v, w.bindings["document.broken"]) {
			return ""
		}
		return "a document over which the server fails"
	},
	func(_ *world, v *jsontree.Value, r *rand.Rand) string {
		v.Set("DocumentVersion", str(pick(r, []string{
			"999999", "100000", "123456", "2147483647", "2147483648", "4294967297", "9223372036854775808", "18446744073709551617",
			"99999999999999999999999999", strconv.Itoa(oracle.NoVersion + r.Intn(1<<30)),
		})))
		return "an unknown version"
	},
	func(w *world, v *jsontree.Value, r *rand.Rand) string {
		if !setDocument(v, w.bindings["document.versions"]) {
			return ""
		}
		if n := r.Intn(8); n > 0 {
			v.Set("DocumentVersion", str([]string{"1", "2", "3", "4", "40", "$LATEST", "$DEFAULT"}[n-1]))
		}
		return "a version of a document"
	},
	func(w *world, v *jsontree.Value, r *rand.Rand) string {
		if !setDocument(v, w.bindings["document"]) {
			return ""
		}
		hash := pick(r, []string{
			cmp.Or(w.bindings["document.sha256"], strings.Repeat("0", 64)),
			cmp.Or(w.bindings["document.sha1"], strings.Repeat("0", 40)), hexadecimal(r, 64), hexadecimal(r, 40), "no hash",
		})
		v.Set("DocumentHash", str(hash))
		v.Set("DocumentHashType", str(pick(r, []string{"Sha256", "Sha1"})))
		return "a hash of the document"
	},
	func(w *world, v *jsontree.Value, r *rand.Rand) string {
		other := chance(r, 40) && setDocument(v, w.bound(r, "document.typed", "document.arbitrary", "document.execution"))
		if other && w.has(v.Get("DocumentName").Text, "document.typed") {
			setParameters(v, map[string][]string{"name": {"x"}})
		}
		if v.Get("Parameters") == nil {
			v.Set("Parameters", object())
		}
		values := stringsOf()
		if chance(r, 60) {
			values = stringsOf("x")
		}
		v.Get("Parameters").Set(pick(r, []string{"sendspec" + word(r, 4), "Commands", "command", "commands ", ""}), values)
		return "an undeclared parameter"
	},
	func(w *world, v *jsontree.Value, r *rand.Rand) string {
		if chance(r, 40) && setDocument(v, w.bindings["document.typed"]) {
			if chance(r, 60) {
				setParameters(v, map[string][]string{"choice": {"a"}})
			}
			return "a required parameter missing"
		}
		v.Remove("Parameters")
		if chance(r, 60) {
			setParameters(v, map[string][]string{"executionTimeout": {"60"}})
		}
		return "a required parameter missing"
	},
	func(w *world, v *jsontree.Value, r *rand.Rand) string {
		if !setDocument(v, w.bindings["document"]) {
			return ""
		}
		setParameters(v, map[string][]string{pick(r, []string{"commands", "name", word(r, 5)}): {"true"}})
		return "parameters for a document that has none"
	},
	func(_ *world, v *jsontree.Value, r *rand.Rand) string {
		timeout := pick(r, []string{
			"172801", "999999", "-1", "1.5", "3600s", "abc", "172800", "1", "99999", "100000", "200000", "1000000", "5 minutes",
			"60x", "x60", "+60", "1e3", "60,60",
		})
		if chance(r, 20) {
			timeout = strconv.Itoa(r.Intn(400000))
		}
		setParameters(v, map[string][]string{"commands": {"true"}, "executionTimeout": {timeout}})
		return "an execution timeout"
	},
	func(w *world, v *jsontree.Value, r *rand.Rand) string {
		if !setDocument(v, w.bindings["document.typed"]) {
			return ""
		}
		p := map[string][]string{"name": {"sendspec"}}
		switch r.Intn(4) {
		case 0:
			p["choice"] = []string{pick(r, []string{"a", "b", "c", "A", "ab", ""})}
		case 1:
			p["digits"] = []string{pick(r, []string{"0", "0123456789", "x", "12a", "a12", "1-2", "", "1 2"})}
		case 2:
			p[pick(r, []string{"number", "flag", "map", "maps"})] = []string{"sendspec " + word(r, 4)}
		case 3:
			p["number"], p["flag"] = []string{strconv.Itoa(r.Intn(100))}, []string{"true"}
			p["map"], p["maps"] = []string{`{"a":"b"}`}, []string{`[{"a":"b"}]`}
		}
		setParameters(v, p)
		return "typed parameters"
	},
	func(w *world, v *jsontree.Value, r *rand.Rand) string {
		names := []string{
			"document.two-steps", "document.hardcoded", "document.schema-2.0", "document.properties", "document.properties-reversed",
		}
		if !setDocument(v, w.bound(r, names...)) {
			return ""
		}
		return "a document with timeouts of its own"
	},
	func(w *world, v *jsontree.Value, r *rand.Rand) string {
		if !setDocument(v, w.bound(r, "document.arbitrary", "document.execution")) {
			return ""
		}
		name := map[bool]string{true: "t", false: "executionTimeout"}[w.has(v.Get("DocumentName").Text, "document.arbitrary")]
		if chance(r, 20) {
			return "a document whose timeout is a parameter that is not given"
		}
		timeout := pick(r, []string{"7", "60", strconv.Itoa(2 + r.Intn(3000)), "soon", "7 seconds", "7 8", "", "1.5"})
		setParameters(v, map[string][]string{name: {timeout}})
		return "a document whose timeout is a parameter"
	},
	oversized,
}

// oversized makes parameters around the bound of a payload. They are large, so that few inputs have them.
func oversized(_ *world, v *jsontree.Value, r *rand.Rand) string {
	if !chance(r, 20) {
		return ""
	}
	unit, units, times := "x", 1000, 1
	switch r.Intn(6) {
	case 0:
		units = pick(r, []int{oracle.LongestCommand + 1, 100001, 150000})
	case 1:
		times = 101 + r.Intn(60)
	case 2:
		unit, units = "é", 16700+r.Intn(20000)
	case 3:
		unit, units = "<", 16700+r.Intn(20000)
	case 4:
		units = 70000
	case 5:
		units = 20000
	}
	setParameters(v, map[string][]string{"commands": slices.Repeat([]string{strings.Repeat(unit, units)}, times)})
	return "parameters of a large size"
}

// recordedPair is a request for AWS-RunShellScript: a command of so many units, and members beside it, was taken, and
// one of a unit more refused (evidence: size/pairs).
type recordedPair struct {
	taken            int
	unit             string
	workingDirectory string
	member, json     string
}

var recordedPairs = []recordedPair{
	{taken: 98883, unit: "x"}, {taken: 32962}, {taken: 16480, unit: "\x00"}, {taken: 16663, unit: "<"}, {taken: 16480, unit: "€"},
	{taken: 98851, unit: "x", workingDirectory: "/tmp/sends"},
	{taken: 98883, unit: "x", member: "Comment", json: `"` + strings.Repeat("c", 100) + `"`},
	{taken: 98760, unit: "x", member: "OutputS3KeyPrefix", json: `"` + strings.Repeat("p", 100) + `"`},
	{taken: 98849, unit: "x", member: "OutputS3BucketName", json: `"sendspec-s"`},
	{
		taken: 98874, unit: "x", member: "CloudWatchOutputConfig",
		json: `{"CloudWatchOutputEnabled":true,"CloudWatchLogGroupName":"sendspec-s"}`,
	},
}

// recordedSize makes the number-th of the requests whose size was recorded: of each pair the one that was taken, and then
// the one that was refused.
func recordedSize(v *jsontree.Value, number uint64) string {
	i := int(number % uint64(2*len(recordedPairs)))
	recordedPairs[i/2].put(v, i%2)
	return "parameters of a size that was recorded"
}

func (p recordedPair) put(v *jsontree.Value, more int) {
	for _, name := range []string{"OutputS3KeyPrefix", "OutputS3BucketName", "CloudWatchOutputConfig"} {
		v.Remove(name)
	}
	commands := []string{strings.Repeat(p.unit, p.taken+more)}
	if p.unit == "" {
		commands = make([]string, p.taken+more)
	}
	setDocument(v, oracle.ShellScript)
	setParameters(v, map[string][]string{"commands": commands})
	if p.workingDirectory != "" {
		v.Get("Parameters").Set("workingDirectory", stringsOf(p.workingDirectory))
	}
	if member, err := jsontree.Parse([]byte(p.json)); err == nil {
		v.Set(p.member, *member)
	}
}

// accountOf is the account of an ARN; "" where it has none.
func accountOf(arn string) string {
	if parts := strings.Split(arn, ":"); len(parts) > 4 {
		return parts[4]
	}
	return ""
}

var notificationMutations = []mutation{
	func(w *world, v *jsontree.Value, r *rand.Rand) string {
		config := w.skeleton("NotificationConfig")
		v.Set("ServiceRoleArn", str(w.role()))
		what := pick(r, []string{
			"no role", "no topic", "neither role nor topic", "an empty role", "an empty topic", "a role that is no ARN",
			"a topic that is no ARN", "a topic alone", "a role alone",
		})
		switch what {
		case "no role", "a topic alone":
			v.Remove("ServiceRoleArn")
		case "no topic":
			config.Remove("NotificationArn")
		case "neither role nor topic":
			v.Remove("ServiceRoleArn")
			config.Remove("NotificationArn")
		case "an empty role":
			v.Set("ServiceRoleArn", str(""))
		case "an empty topic":
			config.Set("NotificationArn", str(""))
		case "a role that is no ARN":
			v.Set("ServiceRoleArn", str("sendspec "+word(r, 4)))
		case "a topic that is no ARN":
			config.Set("NotificationArn", str(pick(r, []string{"sendspec " + word(r, 4), "arn:aws:sqs:us-east-1:000000000000:sendspec"})))
		case "a role alone":
			return what
		}
		if what == "a topic alone" || chance(r, 20) {
			config.Remove(pick(r, []string{"NotificationEvents", "NotificationType"}))
		}
		if what == "a topic alone" {
			config.Remove("NotificationEvents")
			config.Remove("NotificationType")
		}
		v.Set("NotificationConfig", config)
		return "a notification with " + what
	},
	func(w *world, v *jsontree.Value, r *rand.Rand) string {
		name := w.bound(r, "alarm.ok", "alarm.insufficient", "alarm.firing")
		if name == "" || chance(r, 30) {
			name = "sendspec-" + word(r, 8)
		}
		config := object(member("Alarms", array(object(member("Name", str(name))))))
		if chance(r, 70) {
			config.Set("IgnorePollAlarmFailure", boolean(chance(r, 50)))
		}
		v.Set("AlarmConfiguration", config)
		return "an alarm"
	},
}
