package fuzztest

// FewInputs makes an update ask so few inputs that a test can wait for it.
func FewInputs() { updateInputs = 300 }
