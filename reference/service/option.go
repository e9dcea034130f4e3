package service

import (
	"io"
	"maps"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// Option configures New. Options are applied in order; a later one wins.
type Option func(*config)

// Defaults of New.
const (
	// DefaultRegion is the region the recordings of AWS were made in.
	DefaultRegion = "us-east-1"
	// DefaultAccount is the account ID that AWS's documentation uses in examples.
	DefaultAccount = "123456789012"
	// DefaultHistory is the number of commands that are kept: enough for a run of the suite to find
	// its commands again. Their memory is bounded besides.
	DefaultHistory = 10000
)

type config struct {
	region, account string
	clock           Clock
	random          io.Reader
	historySize     int
	documents       map[string]*document
	nodes           map[string]Node
	nodeOrder       []string
	alarms          map[string]AlarmState
	roles           map[string]bool
	missingBuckets  map[string]bool
	groups          map[string][]string
	deniedGroups    map[string]bool
	alarmChanges    map[string]alarmChange
	scale           float64
	longestStep     time.Duration
	pace            Pace
	pendingLimit    int
	// auth tells that signatures are checked; credentials are those known, by access key.
	auth        bool
	credentials map[string]aws.Credentials
	// deniedCallers may not call GetCommandInvocation, by access key.
	deniedCallers map[string]bool
}

// alarmChange is the state that an alarm goes into, and when.
type alarmChange struct {
	after time.Duration
	state AlarmState
}

// WithRegion sets the region: it is in ARNs and is every answer's OutputS3Region.
func WithRegion(region string) Option { return func(c *config) { c.region = region } }

// WithAccount sets the account ID in ARNs.
func WithAccount(account string) Option { return func(c *config) { c.account = account } }

// WithClock sets the clock; the default is the system's.
func WithClock(clock Clock) Option { return func(c *config) { c.clock = clock } }

// WithClockScale lets every command live n times as fast as the clock runs, so that with 3600 an
// hour's timeout takes a second. A command's own time begins with its RequestedDateTime, which is
// the clock's: however long the service runs, new commands are requested now. Its later times, such
// as the end of its execution, may lie ahead of the clock. n must be positive. Every answer says it, in
// reference.ClockScaleHeader.
func WithClockScale(n float64) Option {
	return func(c *config) {
		if n > 0 {
			c.scale = n
		}
	}
}

// WithLongestStep bounds how far a command's own time moves on between two looks at it, however long
// the clock ran meanwhile: on a fast clock and a busy machine no status passes unseen that lasts
// longer. 0, the default, is no bound.
func WithLongestStep(d time.Duration) Option { return func(c *config) { c.longestStep = d } }

// WithPace sets how long the parts of Run Command take; the default is DefaultPace.
func WithPace(p Pace) Option { return func(c *config) { c.pace = p } }

// WithPendingLimit sets the account's limit of pending invocations: a command with more targets
// ends RateExceeded. 0, the default, is no limit.
func WithPendingLimit(invocations int) Option {
	return func(c *config) { c.pendingLimit = invocations }
}

// WithRand sets the source of randomness for command and request IDs; the default is
// crypto/rand. The service reads from it one reader at a time. A source that fails makes the
// service answer InternalServerError.
func WithRand(random io.Reader) Option { return func(c *config) { c.random = random } }

// WithHistory sets how many commands are kept; of more, the oldest are forgotten. AWS keeps 30
// days of history. It must be positive.
func WithHistory(commands int) Option { return func(c *config) { c.historySize = max(1, commands) } }

// WithDocument adds a document, or replaces the one of the same name. Content that is no JSON
// object makes a damaged document: sending it answers InternalServerError.
func WithDocument(d SSMDocument) Option {
	return func(c *config) { c.documents[d.Name] = newDocument(d) }
}

// WithNode adds a managed node, or replaces the one of the same ID.
func WithNode(n Node) Option {
	return func(c *config) {
		if _, known := c.nodes[n.ID]; !known {
			c.nodeOrder = append(c.nodeOrder, n.ID)
		}
		own := n // an option may be given to several services at once
		own.Tags = maps.Clone(n.Tags)
		c.nodes[n.ID] = own
	}
}

// AlarmState is the state of a CloudWatch alarm.
type AlarmState string

// The states of a CloudWatch alarm, and AlarmUnknown for one whose state cannot be read, such as
// a missing one.
const (
	AlarmOK               AlarmState = "OK"
	AlarmInsufficientData AlarmState = "INSUFFICIENT_DATA"
	AlarmFiring           AlarmState = "ALARM"
	AlarmUnknown          AlarmState = "UNKNOWN"
)

// WithAlarm adds a CloudWatch alarm. An alarm that was not added is in AlarmUnknown.
func WithAlarm(name string, state AlarmState) Option {
	return func(c *config) { c.alarms[name] = state }
}

// WithAlarmSchedule lets an alarm change its state for each command that names it, so long after
// the command was accepted, in the time of the command's life. AlarmFiring ends the command as
// FailedDueToAlarm, AlarmUnknown as FailedDueToUnknownAlarmState unless it ignores that.
func WithAlarmSchedule(name string, after time.Duration, state AlarmState) Option {
	return func(c *config) { c.alarmChanges[name] = alarmChange{after, state} }
}

// WithRole adds an IAM role that Run Command may use for notifications. Without any, every
// ServiceRoleArn is accepted.
func WithRole(arn string) Option { return func(c *config) { c.roles[arn] = true } }

// WithMissingBucket names an S3 bucket that does not exist. Every other bucket does.
func WithMissingBucket(name string) Option {
	return func(c *config) { c.missingBuckets[name] = true }
}

// WithResourceGroup adds a resource group of the account with its managed nodes.
func WithResourceGroup(name string, nodeIDs ...string) Option {
	return func(c *config) { c.groups[name] = slices.Clone(nodeIDs) }
}

// WithDeniedCaller adds a caller that no policy lets call GetCommandInvocation. WithAuth knows its credentials, too.
func WithDeniedCaller(caller aws.Credentials) Option {
	return func(c *config) {
		c.credentials[caller.AccessKeyID] = caller
		c.deniedCallers[caller.AccessKeyID] = true
	}
}

// WithDeniedResourceGroup adds a resource group whose members the caller may not list: a command to
// it is accepted, and ends Failed with AccessDenied.
func WithDeniedResourceGroup(name string) Option {
	return func(c *config) { c.deniedGroups[name] = true }
}
