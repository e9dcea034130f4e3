package conformancetest

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance"
	"github.com/sendspec/sendspec/conformance/baseline"
	"github.com/sendspec/sendspec/conformance/event"
	"github.com/sendspec/sendspec/conformance/selector"
	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/reference/service"
)

// Who pins the suite in a go test and updates the baseline has the pin in the file, and from then on by it.
func TestABaselineThatIsUpdatedPinsTheSuite(t *testing.T) {
	name := filepath.Join(t.TempDir(), "ssm.baseline")
	picks, err := selector.Parse([]string{"accept/minimal"}, nil)
	require.NoError(t, err)
	t.Setenv(UpdateVariable, "1")
	RunHandler(t, service.New(), WithBaseline(name), conformance.WithSelector(picks), conformance.WithSuite(fixtures.Suite))
	f, err := baseline.Read(t.Context(), name, time.Now())
	require.NoError(t, err)
	assert.Equal(t, fixtures.Suite, f.Suite())

	t.Setenv(UpdateVariable, "")
	seen := &lastReport{}
	RunHandler(t, service.New(), WithBaseline(name), conformance.WithSelector(picks), conformance.WithSink(seen))
	require.NotNil(t, seen.report)
	assert.Equal(t, fixtures.Suite, seen.report.Suite.Pin)
}

type lastReport struct{ report *event.Report }

func (l *lastReport) Event(e event.Event) error {
	if end, ok := e.(event.Ended); ok {
		l.report = end.Report
	}
	return nil
}
