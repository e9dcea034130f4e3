package coverage

import (
	"sync"

	"github.com/sendspec/sendspec/fixtures"
)

// Whole is the table of the embedded corpus, which no test changes.
var Whole = sync.OnceValues(func() (*Table, error) {
	cases, err := fixtures.Embedded()
	if err != nil {
		return nil, err
	}
	return Build(cases)
})
