// Package untrusted holds what every other package needs for what comes from outside, files that a user names
// and texts that a target or a file brought: a file is read up to a limit, and a text is escaped, and cut, before
// people see it. It comes before all stages of the pipeline and knows none of them.
package untrusted
