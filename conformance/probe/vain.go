package probe

import "time"

// VainWait is how long VainWaits commands may keep a run waiting while none is seen to end, before every further wait
// of the kind is short. An agent that polls takes 30 s.
const (
	VainWait  = time.Minute
	VainWaits = 8
)
