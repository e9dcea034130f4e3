// Package observe asks a server, as a rule AWS itself, the cases of the corpus that run nothing, keeps what it answers as
// recordings of package evidence without anything secret, and says what each answer means for its case.
package observe
