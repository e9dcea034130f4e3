// Package compare sets reports side by side. It reads the JSON reports of package report: Two
// finds what changed between two runs, and Matrix compares several targets.
package compare
