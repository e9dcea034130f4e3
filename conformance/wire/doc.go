// Package wire carries exact bytes to a target and brings exact bytes back.
//
// It is between the plan and the judge: a Request says what is sent, an Exchanger sends it (over
// connections of its own, with TLS or without, or straight into an http.Handler), and the Exchange it
// returns holds what came back, or why nothing did. The same request is the same bytes over all of them.
// It knows how to sign a request with Signature Version 4, how to write one down as a curl command, and
// how to take credentials out of all that is written down. It never follows a redirect, never retries
// what a target may have answered, and reads no more than it was told to.
package wire
