package judge

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/sendspec/sendspec/fixtures"
)

// What only a provisional case shows is told, and spared, unless another case breaks the invariant at must.
func TestAnInvariantIsSparedOfProvisionalCasesAlone(t *testing.T) {
	t.Parallel()
	broken := func(provisional bool, level fixtures.Level, path string) invariantFinding {
		return invariantFinding{Finding: Finding{Level: level, Path: path}, exchange: &Exchanged{}, provisional: provisional}
	}
	firmMust, firmShould := broken(false, fixtures.Must, "/A"), broken(false, fixtures.Should, "/B")
	must, should := broken(true, fixtures.Must, "/C"), broken(true, fixtures.Should, "/D")
	for name, c := range map[string]struct {
		found           []invariantFinding
		verdict, strict Verdict
		provisional     bool
		findings        int
	}{
		"provisional alone":              {[]invariantFinding{must, should}, Warn, Fail, true, 2},
		"a must of another":              {[]invariantFinding{must, firmMust}, Fail, Fail, false, 1},
		"a must and a should of another": {[]invariantFinding{should, firmMust, firmShould}, Fail, Fail, false, 2},
		"a should of another":            {[]invariantFinding{firmShould, must}, Warn, Fail, true, 2},
		"none provisional":               {[]invariantFinding{firmShould}, Warn, Fail, false, 1},
	} {
		r, strict := invariantResult(c.found, false, false), invariantResult(c.found, true, false)
		assert.Equal(t, c.verdict, r.Verdict, name)
		assert.Equal(t, c.provisional, r.Provisional, name)
		assert.Len(t, r.Findings, c.findings, name)
		assert.Equal(t, c.strict, strict.Verdict, name)
		assert.Len(t, strict.Findings, len(c.found), name)
	}
}
