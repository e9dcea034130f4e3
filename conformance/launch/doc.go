// Package launch starts the server under test and prepares it, before package conformance asks it
// anything: a free port, a wait until it speaks HTTP, the end of its whole process group, and the last
// of what it wrote. It is the first stage of the pipeline for targets that do not run yet.
package launch
