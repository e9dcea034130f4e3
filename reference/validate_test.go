package reference_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/reference"
)

// typical is what most callers send, and full sets every member.
func typical() *ssm.SendCommandInput {
	return &ssm.SendCommandInput{
		DocumentName:   aws.String("AWS-RunShellScript"),
		Targets:        []types.Target{{Key: aws.String("tag:sendspec"), Values: []string{"one", "two"}}},
		Parameters:     map[string][]string{"commands": {"echo hello", "true"}, "executionTimeout": {"60"}},
		TimeoutSeconds: aws.Int32(600),
		Comment:        aws.String("a typical request"),
		MaxConcurrency: aws.String("10%"),
		MaxErrors:      aws.String("0"),
	}
}

func full() *ssm.SendCommandInput {
	in := typical()
	in.InstanceIds = []string{"i-12345678", "i-12345678901234567", "mi-12345678901234567"}
	in.DocumentVersion = aws.String("$LATEST")
	in.DocumentHash = aws.String(strings.Repeat("0", 64))
	in.DocumentHashType = types.DocumentHashTypeSha256
	in.OutputS3Region = aws.String("us-east-1")
	in.OutputS3BucketName = aws.String("bucket")
	in.OutputS3KeyPrefix = aws.String("prefix")
	in.ServiceRoleArn = aws.String("arn:aws:iam::123456789012:role/r")
	in.NotificationConfig = &types.NotificationConfig{
		NotificationArn: aws.String("arn:aws:sns:us-east-1:123456789012:t"), NotificationEvents: []types.NotificationEvent{"All", "Failed"},
		NotificationType: "Command",
	}
	in.CloudWatchOutputConfig = &types.CloudWatchOutputConfig{CloudWatchLogGroupName: aws.String("group"), CloudWatchOutputEnabled: true}
	in.AlarmConfiguration = &types.AlarmConfiguration{Alarms: []types.Alarm{{Name: aws.String("alarm")}}, IgnorePollAlarmFailure: true}
	return in
}

// paths renders violations as "path kind", the form a reader compares easily.
func paths(violations []reference.Violation) []string {
	var all []string
	for _, v := range violations {
		all = append(all, v.Path+" "+string(v.Kind))
	}
	return all
}

func TestValidRequestsHaveNoViolation(t *testing.T) {
	t.Parallel()
	for name, in := range map[string]*ssm.SendCommandInput{
		"typical": typical(), "full": full(), "name only": {DocumentName: aws.String("abc")},
		"empty lists": {DocumentName: aws.String("abc"), InstanceIds: []string{},
			Targets: []types.Target{{}}, Parameters: map[string][]string{}},
	} {
		assert.Empty(t, reference.Validate(in), name)
	}
}

func TestValidateFindsEveryBrokenConstraint(t *testing.T) {
	t.Parallel()
	long := func(n int) *string { return aws.String(strings.Repeat("x", n)) }
	many := func(n int) []string { return strings.Split(strings.Repeat("i-12345678,", n-1)+"i-12345678", ",") }
	for name, tc := range map[string]struct {
		change func(*ssm.SendCommandInput)
		want   []string
	}{
		"no document":    {func(in *ssm.SendCommandInput) { in.DocumentName = nil }, []string{"DocumentName required"}},
		"short document": {func(in *ssm.SendCommandInput) { in.DocumentName = aws.String("ab") }, []string{"DocumentName pattern"}},
		"51 nodes":       {func(in *ssm.SendCommandInput) { in.InstanceIds = many(51) }, []string{"InstanceIds length"}},
		"bad node": {func(in *ssm.SendCommandInput) { in.InstanceIds = []string{"i-12345678", "x", ""} },
			[]string{"InstanceIds[1] pattern", "InstanceIds[2] pattern"}},
		"6 targets": {func(in *ssm.SendCommandInput) { in.Targets = make([]types.Target, 6) }, []string{"Targets length"}},
		"empty key": {func(in *ssm.SendCommandInput) { in.Targets[0].Key = aws.String("") }, []string{"Targets[0].Key length"}},
		"long key":  {func(in *ssm.SendCommandInput) { in.Targets[0].Key = long(164) }, []string{"Targets[0].Key length"}},
		"bad key": {func(in *ssm.SendCommandInput) { in.Targets[0].Key = aws.String("tag:*") },
			[]string{"Targets[0].Key pattern"}},
		"51 values":        {func(in *ssm.SendCommandInput) { in.Targets[0].Values = many(51) }, []string{"Targets[0].Values length"}},
		"bad version":      {func(in *ssm.SendCommandInput) { in.DocumentVersion = aws.String("0") }, []string{"DocumentVersion pattern"}},
		"long hash":        {func(in *ssm.SendCommandInput) { in.DocumentHash = long(257) }, []string{"DocumentHash length"}},
		"bad hash type":    {func(in *ssm.SendCommandInput) { in.DocumentHashType = "Md5" }, []string{"DocumentHashType enum"}},
		"timeout low":      {func(in *ssm.SendCommandInput) { in.TimeoutSeconds = aws.Int32(29) }, []string{"TimeoutSeconds range"}},
		"timeout high":     {func(in *ssm.SendCommandInput) { in.TimeoutSeconds = aws.Int32(2592001) }, []string{"TimeoutSeconds range"}},
		"long comment":     {func(in *ssm.SendCommandInput) { in.Comment = long(101) }, []string{"Comment length", "Comment pattern"}},
		"comment line end": {func(in *ssm.SendCommandInput) { in.Comment = aws.String("a\nb") }, []string{"Comment pattern"}},
		"short region":     {func(in *ssm.SendCommandInput) { in.OutputS3Region = long(2) }, []string{"OutputS3Region length"}},
		"long region":      {func(in *ssm.SendCommandInput) { in.OutputS3Region = long(21) }, []string{"OutputS3Region length"}},
		"short bucket":     {func(in *ssm.SendCommandInput) { in.OutputS3BucketName = long(2) }, []string{"OutputS3BucketName length"}},
		"long bucket":      {func(in *ssm.SendCommandInput) { in.OutputS3BucketName = long(64) }, []string{"OutputS3BucketName length"}},
		"long prefix":      {func(in *ssm.SendCommandInput) { in.OutputS3KeyPrefix = long(501) }, []string{"OutputS3KeyPrefix length"}},
		"empty concurrency": {func(in *ssm.SendCommandInput) { in.MaxConcurrency = aws.String("") },
			[]string{"MaxConcurrency length", "MaxConcurrency pattern"}},
		"long concurrency": {func(in *ssm.SendCommandInput) { in.MaxConcurrency = aws.String("12345678") },
			[]string{"MaxConcurrency length"}},
		"zero concurrency": {func(in *ssm.SendCommandInput) { in.MaxConcurrency = aws.String("0") }, []string{"MaxConcurrency pattern"}},
		"errors over 100%": {func(in *ssm.SendCommandInput) { in.MaxErrors = aws.String("101%") }, []string{"MaxErrors pattern"}},
		"notification type": {func(in *ssm.SendCommandInput) { in.NotificationConfig.NotificationType = "command" },
			[]string{"NotificationConfig.NotificationType enum"}},
		"notification event": {func(in *ssm.SendCommandInput) { in.NotificationConfig.NotificationEvents[1] = "all" },
			[]string{"NotificationConfig.NotificationEvents[1] enum"}},
		"empty log group": {func(in *ssm.SendCommandInput) { in.CloudWatchOutputConfig.CloudWatchLogGroupName = aws.String("") },
			[]string{"CloudWatchOutputConfig.CloudWatchLogGroupName length"}},
		"long log group": {func(in *ssm.SendCommandInput) { in.CloudWatchOutputConfig.CloudWatchLogGroupName = long(513) },
			[]string{"CloudWatchOutputConfig.CloudWatchLogGroupName length"}},
		"no alarms": {func(in *ssm.SendCommandInput) { in.AlarmConfiguration.Alarms = nil },
			[]string{"AlarmConfiguration.Alarms required"}},
		"zero alarms": {func(in *ssm.SendCommandInput) { in.AlarmConfiguration.Alarms = []types.Alarm{} },
			[]string{"AlarmConfiguration.Alarms length"}},
		"two alarms, one unnamed": {
			func(in *ssm.SendCommandInput) { in.AlarmConfiguration.Alarms = []types.Alarm{{Name: long(1)}, {}} },
			[]string{"AlarmConfiguration.Alarms length", "AlarmConfiguration.Alarms[1].Name required"},
		},
		"empty alarm name": {
			func(in *ssm.SendCommandInput) { in.AlarmConfiguration.Alarms[0].Name = aws.String("") },
			[]string{"AlarmConfiguration.Alarms[0].Name length", "AlarmConfiguration.Alarms[0].Name pattern"},
		},
		"several, in the model's order": {
			func(in *ssm.SendCommandInput) {
				in.DocumentName, in.TimeoutSeconds, in.InstanceIds = nil, aws.Int32(-1), []string{"x"}
			},
			[]string{"InstanceIds[0] pattern", "DocumentName required", "TimeoutSeconds range"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in := full()
			tc.change(in)
			got := reference.Validate(in)
			assert.Equal(t, tc.want, paths(got))
			fromWire := reference.ValidateJSON(wireOf(t, in))
			require.NoError(t, fromWire.Malformed)
			assert.Equal(t, got, fromWire.Violations, "the wire has the same violations")
		})
	}
	assert.Equal(t, []string{"DocumentName required"}, paths(reference.Validate(nil)))
}

// wireOf writes a request as JSON. encoding/json serves because the SDK's members have the
// wire's names; nil members become null, which is absent, except empty enums.
func wireOf(t *testing.T, in *ssm.SendCommandInput) []byte {
	t.Helper()
	body, err := json.Marshal(in)
	require.NoError(t, err)
	return body
}

// TestEveryConstraintOfSendCommandBites breaks each constraint of the table on the wire, from
// the table's own bounds.
func TestEveryConstraintOfSendCommandBites(t *testing.T) {
	t.Parallel()
	for _, c := range reference.Constraints() {
		if c.Operation != reference.SendCommand {
			continue
		}
		require.False(t, strings.HasPrefix(c.Path, "Parameters"), "Validate and the walker look at no parameter")
		t.Run(fmt.Sprintf("%s/%s", c.Path, c.Kind), func(t *testing.T) {
			t.Parallel()
			for _, value := range breaking(c) {
				body := `{"DocumentName":"AWS-RunShellScript"}`
				if strings.HasPrefix(c.Path, "DocumentName") {
					body = "{}"
				}
				body = place(body, c.Path, value)
				r := reference.ValidateJSON([]byte(body))
				require.NotEqual(t, reference.Valid, r.Validity(), body)
				found := false
				for _, v := range r.Violations {
					found = found || v.Shape == c.Shape && v.Kind == c.Kind
				}
				assert.True(t, found, "%s gives %v", body, paths(r.Violations))
			}
		})
	}
}

// breaking returns JSON values that break the constraint; "" means an absent member.
func breaking(c reference.Constraint) []string {
	list := strings.HasSuffix(c.Path, "s") && (c.Path == "InstanceIds" || c.Path == "Targets" || strings.HasSuffix(c.Path, ".Values") ||
		strings.HasSuffix(c.Path, ".Alarms"))
	var values []string
	switch c.Kind {
	case reference.Required:
		return []string{""}
	case reference.Range:
		return []string{fmt.Sprint(*c.Min - 1), fmt.Sprint(*c.Max + 1)}
	case reference.Enum:
		return []string{`"nope"`, `""`, `"` + strings.ToLower(c.Values[0]) + `"`}
	case reference.Pattern:
		return []string{`"\n"`}
	case reference.Length:
		element := `"x"`
		if c.Path == "Targets" || strings.HasSuffix(c.Path, ".Alarms") {
			element = "{}"
		}
		for _, n := range []int64{*c.Min - 1, *c.Max + 1} {
			switch {
			case n < 0:
			case list:
				values = append(values, "["+strings.TrimSuffix(strings.Repeat(element+",", int(n)), ",")+"]")
			default:
				values = append(values, `"`+strings.Repeat("x", int(n))+`"`)
			}
		}
	}
	return values
}

// place sets the value at a path like AlarmConfiguration.Alarms[].Name of an otherwise valid body.
func place(body, path, value string) string {
	names := strings.Split(path, ".")
	for i := len(names) - 1; i >= 0; i-- {
		name, isList := strings.CutSuffix(names[i], "[]")
		if isList {
			value = "[" + value + "]"
		}
		if value == "" {
			value = "{}"
		} else {
			value = `{"` + name + `":` + value + `}`
		}
	}
	separator := ","
	if body == "{}" || value == "{}" {
		separator = ""
	}
	return strings.TrimSuffix(body, "}") + separator + strings.TrimPrefix(value, "{")
}

func BenchmarkValidate(b *testing.B) {
	for name, in := range map[string]*ssm.SendCommandInput{"typical": typical(), "full": full()} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if violations := reference.Validate(in); violations != nil {
					b.Fatal(violations)
				}
			}
		})
	}
}

func BenchmarkValidateJSON(b *testing.B) {
	body := []byte(`{"DocumentName":"AWS-RunShellScript","Targets":[{"Key":"tag:sendspec","Values":["one","two"]}],` +
		`"Parameters":{"commands":["echo hello","true"]},"TimeoutSeconds":600,"Comment":"a typical request","MaxConcurrency":"10%",` +
		`"MaxErrors":"0"}`)
	b.ReportAllocs()
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		if r := reference.ValidateJSON(body); r.Validity() != reference.Valid {
			b.Fatal(r.Validity())
		}
	}
}
