package nearest_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/sendspec/sendspec/conformance/nearest"
)

func TestName(t *testing.T) {
	t.Parallel()
	known := []string{"Comment", "Parameters", "DocumentName", "DocumentHash", "color", "json", "är"}
	for word, want := range map[string]string{
		"Coment": "Comment", "comment": "Comment", "Commnet": "Comment", "Parametres": "Parameters", "DocumentNam": "DocumentName",
		"colour": "color", "jsno": "json", "ar": "är", "xyz": "", "x": "", "": "", "Invalid": "", strings.Repeat("x", 1<<20): "",
	} {
		assert.Equal(t, want, nearest.Name(word, known), "%.20s", word)
	}
	assert.Equal(t, "; did you mean json?", nearest.Question("jso", known))
	assert.Empty(t, nearest.Question("jury", known))
}
