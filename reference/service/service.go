package service

import (
	"crypto/rand"
	"crypto/sha256"
	"net/http"
	"reflect"
	"strconv"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	smithyrand "github.com/aws/smithy-go/rand"

	"github.com/sendspec/sendspec/reference"
)

// Service is an embedded Run Command. It is an http.Handler, safe for concurrent use. Make it
// with New.
type Service struct {
	config
	randomMu sync.Mutex
	// tokenKey signs NextTokens.
	tokenKey [sha256.Size]byte
	history  *history
}

// request is a body that the framework accepted, and its size in bytes.
type request struct {
	*reference.Validation
	size int
	// region and accessKey are those that its signature is for.
	region, accessKey string
}

// operations answer a request.
var operations = map[string]func(*Service, request) (body []byte, e *answer){
	reference.SendCommand: (*Service).sendCommand, reference.ListCommands: (*Service).listCommands,
	reference.ListCommandInvocations: (*Service).listCommandInvocations,
	reference.GetCommandInvocation:   (*Service).getCommandInvocation, reference.CancelCommand: (*Service).cancelCommand,
}

// New returns a service over the world that the options describe. AWS-RunShellScript and
// AWS-RunPowerShellScript are always there.
func New(opts ...Option) *Service {
	c := config{
		region: DefaultRegion, account: DefaultAccount, clock: systemClock{}, random: rand.Reader, historySize: DefaultHistory,
		documents: map[string]*document{}, nodes: map[string]Node{}, alarms: map[string]AlarmState{}, roles: map[string]bool{},
		missingBuckets: map[string]bool{}, groups: map[string][]string{}, deniedGroups: map[string]bool{},
		alarmChanges: map[string]alarmChange{}, credentials: map[string]aws.Credentials{},
		deniedCallers: map[string]bool{}, scale: 1, pace: DefaultPace(),
	}
	for _, d := range documents() {
		if d.Public {
			WithDocument(d)(&c)
		}
	}
	for _, opt := range opts {
		opt(&c)
	}
	s := &Service{config: c, history: newHistory(c.historySize)}
	_, _ = rand.Read(s.tokenKey[:]) // it never fails
	return s
}

func (s *Service) sendCommand(r request) ([]byte, *answer) {
	c, e := s.admit(reference.InputOf(r.Tree))
	if e != nil {
		return nil, e
	}
	answer := appendValue(make([]byte, 0, 1024), reflect.ValueOf(&ssm.SendCommandOutput{Command: &c.Command}))
	c.size = r.size + commandOverhead + len(c.nodes)*invocationOverhead
	c.region = r.region
	s.history.add(c)
	return answer, nil
}

// commandOverhead is about what a command costs besides its request, in bytes.
const commandOverhead = 2 << 10

// invocationOverhead is about what each of its nodes costs.
const invocationOverhead = 512

// newUUID makes a random UUID (RFC 9562, version 4) in lower case, as AWS writes them.
func (s *Service) newUUID() (string, error) {
	s.randomMu.Lock()
	defer s.randomMu.Unlock()
	return smithyrand.NewUUID(s.random).GetUUID()
}

// answer is one HTTP answer. A check that returns one refuses the request with it.
type answer struct {
	status      int
	contentType string
	body        []byte
}

func (s *Service) write(w http.ResponseWriter, a answer) {
	header := w.Header()
	if id, err := s.newUUID(); err == nil {
		header.Set("x-amzn-RequestId", id)
	}
	if s.scale != 1 {
		header.Set(reference.ClockScaleHeader, strconv.FormatFloat(s.scale, 'g', -1, 64))
	}
	header.Set("Content-Type", a.contentType)
	header.Set("Content-Length", strconv.Itoa(len(a.body)))
	w.WriteHeader(a.status)
	// A client that went away is its own business.
	_, _ = w.Write(a.body)
}
