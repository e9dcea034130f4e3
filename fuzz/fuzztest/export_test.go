package fuzztest

// UpdateInputs makes an update ask so few inputs that a test can wait for it.
func UpdateInputs(n uint64) { updateInputs = n }
