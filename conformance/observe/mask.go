package observe

import (
	"encoding/base32"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/sendspec/sendspec/conformance/wire"
	"github.com/sendspec/sendspec/reference/jsontree"
)

const (
	// maskedAccount is in place of an account ID.
	maskedAccount = "000000000000"
	// maskedNumber is so where JSON has a number.
	maskedNumber = "111111111111"
)

// examples are the accounts of AWS's documentation, and nobody's: cases have them in their requests.
var examples = []string{"123456789012", "999999999999"}

// Masker takes credentials, account IDs and the names in ARNs out of texts. The same ARN is masked in the same way
// throughout, so that what is echoed can still be compared. It is not safe for concurrent use.
type Masker struct {
	redactor *wire.Redactor
	account  string            // that of the credentials, empty where their ID does not say
	arns     map[string]string // what was masked, and by what
	nonce    string            // of the case that is masked; "" outside of one
}

// NewMasker returns a masker for what was asked with an access key of this ID.
func NewMasker(r *wire.Redactor, accessKeyID string) *Masker {
	return &Masker{redactor: r, account: accountOf(accessKeyID), arns: map[string]string{}}
}

// accountOf is the account that an access key ID names: 40 of the bits that its base32 holds. IDs from before 2019, and
// those of emulators, name none.
func accountOf(id string) string {
	if len(id) != 20 || !strings.HasPrefix(id, "AKIA") && !strings.HasPrefix(id, "ASIA") {
		return ""
	}
	b, err := base32.StdEncoding.DecodeString(id[4:])
	if err != nil || len(b) < 6 {
		return ""
	}
	number := binary.BigEndian.Uint64(append([]byte{0, 0}, b[:6]...)) & 0x7fffffffff80 >> 7
	if number == 0 || number >= 1_000_000_000_000 {
		return ""
	}
	return fmt.Sprintf("%012d", number)
}

// arn is an ARN with an account, or of a bucket, which has none: its resource is somebody's own. Another without an
// account, such as that of AWS-RunShellScript, is public. A comma belongs to it where a name goes on after it.
var arn = regexp.MustCompile(`(?i)\b(arn:aws[a-z-]*:(?:s3:::|[a-z0-9-]*:[a-z0-9-]*:([0-9]{12})))` +
	`((?:[^\s"'<>,;()\[\]{}\\]|,[\w+=.@-])*)`)

// kinds are what a resource may begin with.
var kinds = regexp.MustCompile(`^:(?:[a-z-]+[/:])?`)

// nodeID is that of a node: it means the same elsewhere, and says nothing of its account.
var nodeID = regexp.MustCompile(`^m?i-[0-9a-f]+$`)

// uniqueID is the ID by which IAM knows a user, a role, a group ... and the name of a session after it: the account can
// be read from it as from an access key.
var uniqueID = regexp.MustCompile(`\bA(?:BIA|CCA|GPA|IDA|IPA|NPA|NVA|PKA|ROA|SCA)[A-Z0-9]{12,124}\b(?::[\w+=,.@-]+)?`)

// Text returns a text without what is secret or private in it.
func (m *Masker) Text(s string) string { return m.private(m.redactor.Text(s)) }

func (m *Masker) field(name, value string) string { return m.private(m.redactor.Field(name, value)) }

// private masks what is private in a text that has nothing secret in it.
func (m *Masker) private(s string) string {
	s = uniqueID.ReplaceAllString(s, "(masked)")
	s = arn.ReplaceAllStringFunc(s, m.arn)
	s = m.known(s, maskedAccount)
	if m.nonce == "" {
		return maskAccounts(s, maskedAccount)
	}
	around := strings.Split(s, m.nonce) // made up by us, and it may have 12 digits
	for i := range around {
		around[i] = maskAccounts(around[i], maskedAccount)
	}
	return strings.Join(around, m.nonce)
}

func (m *Masker) arn(text string) string {
	part := arn.FindStringSubmatch(text)
	head, account, resource := strings.TrimSuffix(part[1], part[2]), part[2], part[3]
	kind := kinds.FindString(resource)
	name := resource[len(kind):]
	masked := ""
	if account != "" {
		masked = maskedAccount
	}
	switch {
	case account == maskedAccount, slices.Contains(examples, account), strings.HasPrefix(name, "masked-"):
		return text
	case name == "", name == "*", nodeID.MatchString(name):
		return head + masked + resource
	}
	if m.arns[text] == "" {
		m.arns[text] = fmt.Sprintf("%s%s%smasked-%d", head, masked, kind, len(m.arns)+1)
	}
	return m.arns[text]
}

// known masks the account of the credentials everywhere, also within other words, and as a number, which has no zeros
// in front.
func (m *Masker) known(s, by string) string {
	if m.account == "" {
		return s
	}
	s = strings.ReplaceAll(s, m.account, by)
	s = strings.ReplaceAll(s, m.account[:4]+"-"+m.account[4:8]+"-"+m.account[8:], by)
	if by == maskedNumber {
		s = strings.ReplaceAll(s, strings.TrimLeft(m.account, "0"), by)
	}
	return s
}

// digits are a number, or an account ID as people read it.
var digits = regexp.MustCompile(`[0-9]{4}-[0-9]{4}-[0-9]{4}\b|[0-9]+`)

func maskAccounts(s, by string) string {
	if len(s) < len(maskedAccount) {
		return s
	}
	var out strings.Builder
	done := 0
	for _, at := range digits.FindAllStringIndex(s, -1) {
		from, to := at[0], at[1]
		grouped := strings.Contains(s[from:to], "-")
		if grouped && !isInUUID(s, from, to) || to-from == len(maskedAccount) && !isOther(s, from, to) {
			out.WriteString(s[done:from] + by)
			done = to
		}
	}
	return out.String() + s[done:]
}

// isInUUID reports whether groups of digits are those of a UUID, or of another word of more groups.
func isInUUID(s string, from, to int) bool {
	return from > 0 && (s[from-1] == '-' || isHex(s[from-1])) || to < len(s) && s[to] == '-'
}

// uuidBefore is what precedes the last digits of a UUID.
var uuidBefore = regexp.MustCompile(`[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-$`)

// isOther reports whether 12 digits are something else: the fraction of a number, or a part of a UUID or a word in
// hexadecimal.
func isOther(s string, from, to int) bool {
	fraction := from >= 2 && s[from-1] == '.' && isDigit(s[from-2])
	return slices.Contains(examples, s[from:to]) || fraction || uuidBefore.MatchString(s[max(0, from-15):from]) || isHexWord(s, from, to)
}

// isHexWord reports whether digits have letters from a to f beside them, and the whole word is of such. An escaped colon
// is none of it.
func isHexWord(s string, from, to int) bool {
	start, end := from, to
	for start > 0 && isHex(s[start-1]) {
		start--
	}
	for end < len(s) && isHex(s[end]) {
		end++
	}
	whole := (start == 0 || !isLetter(s[start-1])) && (end == len(s) || !isLetter(s[end]))
	escaped := start > 0 && s[start-1] == '%'
	return end-start > to-from && whole && !escaped
}

func isHex(c byte) bool { return isDigit(c) || c >= 'a' && c <= 'f' }

func isLetter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' }

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// tokens are the strings of a JSON text, and what is between them.
var tokens = regexp.MustCompile(`"(?:[^"\\]|\\.)*"|[^"]+`)

// JSON masks the strings of a JSON text and leaves every other byte of it as it is. A text that is no JSON is masked as
// a whole.
func (m *Masker) JSON(text string) string {
	if !json.Valid([]byte(text)) {
		return m.Text(text)
	}
	return tokens.ReplaceAllStringFunc(text, func(token string) string {
		if token[0] == '"' {
			return m.literal(token)
		}
		return maskAccounts(m.known(token, maskedNumber), maskedNumber)
	})
}

// literal masks a string of JSON, which stays as it was spelled where there is nothing to mask.
func (m *Masker) literal(quoted string) string {
	var s string
	if json.Unmarshal([]byte(quoted), &s) != nil {
		return m.Text(quoted)
	}
	masked := m.Text(s)
	if masked == s {
		return quoted
	}
	return string(jsontree.AppendString(nil, masked))
}

// Private reports whether a text has something in it that would be masked.
func (m *Masker) Private(text string) bool { return m.JSON(text) != text }
