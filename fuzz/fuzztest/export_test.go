package fuzztest

// Ask makes an update ask so few inputs, and every run so few seeds, that a test can wait for it.
func Ask(inputs uint64, ofSeeds int) { updateInputs, seeds = inputs, ofSeeds }
