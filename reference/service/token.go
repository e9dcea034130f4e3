package service

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"

	"github.com/sendspec/sendspec/reference/jsontree"
)

// boundMembers are those of a List request that the pages after the first must share with it. That
// MaxResults may change from page to page is our choice.
var boundMembers = [...]string{"CommandId", "Details", "Filters", "InstanceId"}

// nextToken makes the token of the page after a position. It holds for the same operation and
// filters of this service only: it is signed together with them.
func (s *Service) nextToken(r request, last position) string {
	return base64.RawURLEncoding.EncodeToString([]byte(last.String() + "\x00" + string(s.tokenMAC(r, last.String()))))
}

// startOf reads the NextToken of a request; nil is the beginning. A token that this service did not
// give for the same question is an InvalidNextToken, which has no message (evidence: calls/forged-token).
func (s *Service) startOf(r request) (*position, *answer) {
	given := r.Tree.Get("NextToken")
	if given == nil || given.Kind != jsontree.String {
		return nil, nil
	}
	invalid := modelled("InvalidNextToken", "")
	decoded, err := base64.RawURLEncoding.DecodeString(given.Text)
	if err != nil {
		return nil, invalid
	}
	at, mac, _ := strings.Cut(string(decoded), "\x00")
	var p position
	if _, err := fmt.Sscanf(at, "%d.%d", &p.command, &p.invocation); err != nil || !hmac.Equal([]byte(mac), s.tokenMAC(r, at)) {
		return nil, invalid
	}
	return &p, nil
}

func (s *Service) tokenMAC(r request, at string) []byte {
	mac := hmac.New(sha256.New, s.tokenKey[:])
	part := func(b []byte) {
		mac.Write(strconv.AppendInt(nil, int64(len(b)), 10))
		mac.Write([]byte{':'})
		mac.Write(b)
	}
	part([]byte(r.Operation))
	part([]byte(at))
	for _, name := range boundMembers {
		part(r.Tree.Get(name).AppendJSON(nil)) // null where there is none
	}
	return mac.Sum(nil)
}
