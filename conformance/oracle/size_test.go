package oracle

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"
	"github.com/stretchr/testify/assert"

	"github.com/sendspec/sendspec/fixtures"
)

// Of the recorded pairs the oracle says what was seen; of what was not recorded it says neither.
func TestTheOracleKnowsTheRecordedSizesAndNoOthers(t *testing.T) {
	t.Parallel()
	lone := func(unit string) func(n int) *ssm.SendCommandInput {
		return func(n int) *ssm.SendCommandInput {
			commands := []string{strings.Repeat(unit, n)}
			return &ssm.SendCommandInput{DocumentName: aws.String(ShellScript), Parameters: map[string][]string{"commands": commands}}
		}
	}
	beside := func(change func(in *ssm.SendCommandInput)) func(n int) *ssm.SendCommandInput {
		return func(n int) *ssm.SendCommandInput {
			in := lone("x")(n)
			change(in)
			return in
		}
	}
	judge := func(in *ssm.SendCommandInput) semantics {
		var m semantics
		(&Oracle{}).payload(&m, in)
		return m
	}
	for name, row := range map[string]struct {
		taken   int
		request func(n int) *ssm.SendCommandInput
	}{
		"ASCII": {98883, lone("x")}, "NUL": {16480, lone("\x00")}, "less-than": {16663, lone("<")}, "euro": {16480, lone("€")},
		"empty strings": {32962, func(n int) *ssm.SendCommandInput {
			in := lone("")(0)
			in.Parameters["commands"] = make([]string, n)
			return in
		}},
		"Comment": {98883, beside(func(in *ssm.SendCommandInput) { in.Comment = aws.String(strings.Repeat("c", 100)) })},
		"OutputS3KeyPrefix": {98760, beside(func(in *ssm.SendCommandInput) {
			in.OutputS3KeyPrefix = aws.String(strings.Repeat("p", 100))
		})},
		"OutputS3BucketName": {98849, beside(func(in *ssm.SendCommandInput) { in.OutputS3BucketName = aws.String("sendspec-s") })},
		"CloudWatchOutputConfig": {98874, beside(func(in *ssm.SendCommandInput) {
			in.CloudWatchOutputConfig = &types.CloudWatchOutputConfig{
				CloudWatchOutputEnabled: true, CloudWatchLogGroupName: aws.String("sendspec-s"),
			}
		})},
		"workingDirectory": {98851, beside(func(in *ssm.SendCommandInput) { in.Parameters["workingDirectory"] = []string{"/tmp/sends"} })},
	} {
		taken, refused := judge(row.request(row.taken)), judge(row.request(row.taken+1))
		assert.Empty(t, taken.refusals, name)
		for _, d := range taken.uncertainties {
			assert.Empty(t, d.exceptions, name)
		}
		if assert.Len(t, refused.refusals, 1, name) {
			assert.Equal(t, fixtures.Should, refused.refusals[0].level, name)
		}
	}
	own := func(n int) *ssm.SendCommandInput {
		in := lone("x")(n)
		in.DocumentName = aws.String("sendspec-own")
		return in
	}
	for name, in := range map[string]*ssm.SendCommandInput{
		"greater-than": lone(">")(16664), "another document": own(99000), "beyond the plane": lone("😀")(10000),
		"a log group that is not enabled": beside(func(in *ssm.SendCommandInput) {
			in.CloudWatchOutputConfig = &types.CloudWatchOutputConfig{CloudWatchLogGroupName: aws.String("sendspec-s")}
		})(98875),
	} {
		m := judge(in)
		assert.Empty(t, m.refusals, name)
		if assert.Len(t, m.uncertainties, 1, name) {
			assert.Equal(t, tooLarge.types, m.uncertainties[0].exceptions, name)
		}
	}
}
