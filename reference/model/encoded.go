package model

import (
	"cmp"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/ssm/types"
	"github.com/aws/smithy-go"

	"github.com/sendspec/sendspec/reference"
)

// Encoded is what the suite encodes: the members of the SDK's schema, and the constraints, values and
// errors of package reference. Constraints that AWS enforces beyond its public model are left out, and so
// are bounds on answers, since AWS breaks its own there (evidence: shape/answers-break-it).
func Encoded() *Service {
	s := &Service{Operations: map[string]Operation{}}
	for _, name := range reference.Operations() {
		o := Operation{
			Request: schemaMembers(reference.RequestSchema(name)), Response: schemaMembers(reference.ResponseSchema(name)),
			Errors: reference.Exceptions(name),
		}
		for path, m := range o.Request {
			m.Values = nil // those of requests are constraints
			o.Request[path] = m
		}
		s.Operations[name] = o
	}
	for _, c := range reference.Constraints() {
		if c.Hidden {
			continue
		}
		request := s.Operations[c.Operation].Request
		m := request[c.Path]
		m.constrain(&c)
		request[c.Path] = m
	}
	return s
}

func (m *Member) constrain(c *reference.Constraint) {
	switch c.Kind {
	case reference.Required:
		m.Required = true
	case reference.Length:
		m.Length = Bounds{c.Min, c.Max}
		if c.Min != nil && *c.Min == 0 {
			m.Length.Min = nil
		}
	case reference.Range:
		m.Range = Bounds{c.Min, c.Max}
	case reference.Pattern:
		m.Pattern = c.Pattern
	case reference.Enum:
		m.Values = slices.Sorted(slices.Values(c.Values))
	}
}

func schemaMembers(s *smithy.Schema) map[string]Member {
	found := map[string]Member{}
	reference.VisitMembers(s, "", "[]", func(path string, s *smithy.Schema) {
		found[path] = Member{Type: cmp.Or(typeNames[s.Type()], "other"), Values: sdkValues[s.TargetID().Name]}
	})
	return found
}

var typeNames = map[smithy.ShapeType]string{
	smithy.ShapeTypeStructure: "structure", smithy.ShapeTypeList: "list", smithy.ShapeTypeMap: "map",
	smithy.ShapeTypeString: "string", smithy.ShapeTypeEnum: "string",
	smithy.ShapeTypeInteger: "integer", smithy.ShapeTypeLong: "long",
	smithy.ShapeTypeBoolean: "boolean", smithy.ShapeTypeTimestamp: "timestamp",
}

// sdkValues are the values of the enums of answers, as the SDK that decodes them has them.
var sdkValues = map[string][]string{
	"CommandStatus":           texts(types.CommandStatus("").Values()),
	"CommandInvocationStatus": texts(types.CommandInvocationStatus("").Values()),
	"CommandPluginStatus":     texts(types.CommandPluginStatus("").Values()),
	"ExternalAlarmState":      texts(types.ExternalAlarmState("").Values()),
	"NotificationEvent":       texts(types.NotificationEvent("").Values()),
	"NotificationType":        texts(types.NotificationType("").Values()),
}

func texts[T ~string](values []T) []string {
	list := make([]string, len(values))
	for i, v := range values {
		list[i] = string(v)
	}
	slices.Sort(list)
	return list
}
