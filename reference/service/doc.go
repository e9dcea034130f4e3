// Package service is an embedded Run Command: an http.Handler that speaks SendCommand,
// ListCommands, ListCommandInvocations, GetCommandInvocation and CancelCommand as AWS Systems
// Manager does, over a world of documents, managed nodes, alarms and buckets given as options.
//
// In the pipeline (fixtures, reference <- conformance <- fuzz <- cmd) it is the target that the
// suite is proved on, and the one that runs when no endpoint is given. It reaches no network,
// starts no process and keeps no file. What a request means before the account comes into play
// is the business of package reference, and so are the rules of a command's life; here are AWS's
// dispatch, its checks against the account, its answers, and a simulated agent.
//
// A command's life needs no timer and no goroutine: what is to happen to it is in its agenda,
// and every request that looks at it first lets happen what is due by the clock. So a ManualClock
// moves everything at once, and WithClockScale lets hours pass in milliseconds.
//
// A request goes through these checks, and the first that fails answers: authentication (with
// WithAuth; every request is accepted without), method and path, X-Amz-Target, Content-Type, the JSON
// text, the types of all members, all constraints together, and then one at a time the targets,
// the notification, the document with its version and hash, the parameters, the size, the node
// IDs, the bucket and the alarm. The order of the last group is our choice: no source tells it.
// Every other rule that no source tells says "our choice" in its comment.
package service
