// Package traffic makes cases of traffic that was captured, so that it can be judged without sending
// anything: from AWS, from a proxy before an emulator, from a browser.
//
// It comes before the judge, as package fixtures does: Read takes the calls out of a HAR file, and
// Case says of each what conforms, as package reference computes it. What nobody knows of AWS never
// counts against an answer.
package traffic
