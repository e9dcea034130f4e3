package service

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"github.com/sendspec/sendspec/reference/jsontree"
)

// writer writes AWS's compact JSON. Its callers name the members in alphabetical order, as AWS
// does (evidence: echo/members).
type writer struct{ b []byte }

func (w *writer) open(name string) {
	w.name(name)
	w.b = append(w.b, '{')
}

func (w *writer) end() { w.b = append(w.b, '}') }

// name starts a member, or an element where name is empty.
func (w *writer) name(name string) {
	if n := len(w.b); n > 0 && w.b[n-1] != '{' && w.b[n-1] != '[' && w.b[n-1] != ':' {
		w.b = append(w.b, ',')
	}
	if name != "" {
		w.b = append(jsontree.AppendString(w.b, name), ':')
	}
}

func (w *writer) text(name, value string) {
	w.name(name)
	w.b = jsontree.AppendString(w.b, value)
}

func (w *writer) number(name string, value int32) {
	w.name(name)
	w.b = strconv.AppendInt(w.b, int64(value), 10)
}

func (w *writer) truth(name string, value bool) {
	w.name(name)
	w.b = strconv.AppendBool(w.b, value)
}

func (w *writer) time(name string, value time.Time) {
	w.name(name)
	w.b = append(w.b, epochSeconds(value)...)
}

// texts writes a list of strings; a nil list is written as an empty one, as AWS does.
func (w *writer) texts(name string, values []string) {
	w.name(name)
	w.b = append(w.b, '[')
	for _, value := range values {
		w.text("", value)
	}
	w.b = append(w.b, ']')
}

func list[T any](w *writer, name string, items []T, write func(*T)) {
	w.name(name)
	w.b = append(w.b, '[')
	for i := range items {
		write(&items[i])
	}
	w.b = append(w.b, ']')
}

// epochSeconds writes a time as AWS does: what Java's Double.toString makes of the seconds with
// milliseconds, 1.494825472676E9 (evidence: echo/RequestedDateTime). Times near 1970, which only a
// clock of a test has, are written without an exponent, as Java does below ten million.
func epochSeconds(t time.Time) string {
	digits := strconv.FormatInt(t.UnixMilli(), 10)
	exponent := len(digits) - 4
	if t.UnixMilli() < 0 || exponent < 7 {
		return strconv.FormatFloat(float64(t.UnixMilli())/1000, 'f', -1, 64)
	}
	fraction := strings.TrimRight(digits[1:], "0")
	if fraction == "" {
		fraction = "0"
	}
	return digits[:1] + "." + fraction + "E" + strconv.Itoa(exponent)
}

// sendCommandResult is the body of SendCommand's answer.
func sendCommandResult(c *types.Command) []byte {
	w := &writer{b: make([]byte, 0, 1024)}
	w.open("")
	w.command("Command", c)
	w.end()
	return w.b
}

func (w *writer) command(name string, c *types.Command) {
	w.open(name)
	w.alarmConfiguration(c.AlarmConfiguration)
	w.cloudWatch(c.CloudWatchOutputConfig)
	w.text("CommandId", aws.ToString(c.CommandId))
	w.text("Comment", aws.ToString(c.Comment))
	w.number("CompletedCount", c.CompletedCount)
	w.number("DeliveryTimedOutCount", c.DeliveryTimedOutCount)
	w.text("DocumentName", aws.ToString(c.DocumentName))
	w.text("DocumentVersion", aws.ToString(c.DocumentVersion))
	w.number("ErrorCount", c.ErrorCount)
	w.time("ExpiresAfter", aws.ToTime(c.ExpiresAfter))
	w.texts("InstanceIds", c.InstanceIds)
	w.text("MaxConcurrency", aws.ToString(c.MaxConcurrency))
	w.text("MaxErrors", aws.ToString(c.MaxErrors))
	w.notificationConfig(c.NotificationConfig)
	w.text("OutputS3BucketName", aws.ToString(c.OutputS3BucketName))
	w.text("OutputS3KeyPrefix", aws.ToString(c.OutputS3KeyPrefix))
	w.text("OutputS3Region", aws.ToString(c.OutputS3Region))
	w.open("Parameters")
	for _, key := range slices.Sorted(maps.Keys(c.Parameters)) {
		w.parameter(key, c.Parameters[key])
	}
	w.end()
	w.time("RequestedDateTime", aws.ToTime(c.RequestedDateTime))
	w.text("ServiceRole", aws.ToString(c.ServiceRole))
	w.text("Status", string(c.Status))
	w.text("StatusDetails", aws.ToString(c.StatusDetails))
	w.number("TargetCount", c.TargetCount)
	list(w, "Targets", c.Targets, func(t *types.Target) {
		w.open("")
		w.text("Key", aws.ToString(t.Key))
		w.texts("Values", t.Values)
		w.end()
	})
	w.number("TimeoutSeconds", aws.ToInt32(c.TimeoutSeconds))
	list(w, "TriggeredAlarms", c.TriggeredAlarms, func(a *types.AlarmStateInformation) {
		w.open("")
		w.text("Name", aws.ToString(a.Name))
		w.text("State", string(a.State))
		w.end()
	})
	w.end()
}

// parameter writes a member whose name may be empty, which the other methods take for an
// element.
func (w *writer) parameter(name string, values []string) {
	w.name("")
	w.b = append(jsontree.AppendString(w.b, name), ':')
	w.texts("", values)
}

func (w *writer) alarmConfiguration(c *types.AlarmConfiguration) {
	w.open("AlarmConfiguration")
	list(w, "Alarms", c.Alarms, func(a *types.Alarm) {
		w.open("")
		w.text("Name", aws.ToString(a.Name))
		w.end()
	})
	w.truth("IgnorePollAlarmFailure", c.IgnorePollAlarmFailure)
	w.end()
}

func (w *writer) cloudWatch(c *types.CloudWatchOutputConfig) {
	w.open("CloudWatchOutputConfig")
	w.text("CloudWatchLogGroupName", aws.ToString(c.CloudWatchLogGroupName))
	w.truth("CloudWatchOutputEnabled", c.CloudWatchOutputEnabled)
	w.end()
}

func (w *writer) notificationConfig(c *types.NotificationConfig) {
	w.open("NotificationConfig")
	w.text("NotificationArn", aws.ToString(c.NotificationArn))
	list(w, "NotificationEvents", c.NotificationEvents, func(e *types.NotificationEvent) { w.text("", string(*e)) })
	w.text("NotificationType", string(c.NotificationType))
	w.end()
}
