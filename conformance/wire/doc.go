// Package wire carries exact bytes to a target and brings exact bytes back.
//
// It stands between the plan and the judge: a Request says what is sent, an Exchanger sends it
// (over kept connections of its own, over net/http with TLS or a proxy, over a TCP connection for
// one request where the framing is at fault, or straight into an http.Handler), and the Exchange it
// returns holds what came back, or why nothing did. It knows how to sign a request with Signature
// Version 4 and how to write one down as a curl command. It never follows a redirect, never retries
// what a target may have answered, and reads no more than it was told to.
package wire
