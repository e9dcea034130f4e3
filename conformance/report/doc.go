// Package report turns the events of a run into what people and machines read. It is the last stage of
// the pipeline and decides nothing.
//
// Formats lists the forms of a finished run, one file each: NewFile, NewWriter and NewAppended make an
// event.Sink of a format, which writes when the run has ended, early or not; a run that did not get
// to its end is partial in every format. Text is the sink that tells a run to people as it goes on. How a
// verdict is shown in each format is one line of the table in verdicts.go.
//
// A new format is a file such as csv.go with its test, a line in Formats, the mark by which a reader sees that it is partial
// (TestEveryFormatSaysThatItIsPartial), a golden file (go test ./conformance/report -update), and its name in README.md, under
// "Three uses", which no test looks for. The command line needs nothing.
//
// What comes from a target is hostile: it is bounded and escaped here, and no credential is written.
package report
