// Package compare sets reports side by side. It stands behind package report, whose JSON documents it
// reads: Two tells what became of a target between two runs, and Matrix how several targets stand.
package compare
