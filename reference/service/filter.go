package service

import (
	"slices"
	"time"

	"github.com/sendspec/sendspec/reference"
	"github.com/sendspec/sendspec/reference/jsontree"
)

// filter is the Filters of a List request. All conditions must hold.
type filter []condition

type condition func(requested time.Time, document string, details reference.Details) bool

// newFilter reads Filters. That a date or an ExecutionStage that is none is a ValidationException,
// and that a key is not refused when it comes twice, is our choice.
func newFilter(tree *jsontree.Value, of reference.Subject) (filter, *answer) {
	given := tree.Get("Filters")
	if given == nil {
		return nil, nil
	}
	var f filter
	for i := range given.Items {
		c, e := newCondition(text(given.Items[i].Get("key")), text(given.Items[i].Get("value")), of)
		if e != nil {
			return nil, e
		}
		f = append(f, c)
	}
	return f, nil
}

func newCondition(key, value string, of reference.Subject) (condition, *answer) {
	switch key {
	case "InvokedAfter", "InvokedBefore":
		limit, err := time.Parse(time.RFC3339, value)
		if err != nil {
			return nil, validation("The filter value " + value + " is not a timestamp. " +
				"Specify a timestamp such as 2024-07-07T00:00:00Z, and try again.")
		}
		// "Occurring July 7, 2024, and later" and "before July 7, 2024" (API_CommandFilter).
		after := key == "InvokedAfter"
		return func(requested time.Time, _ string, _ reference.Details) bool { return requested.Before(limit) != after }, nil
	case "Status":
		return func(_ time.Time, _ string, details reference.Details) bool { return hasStatus(details, value) }, nil
	case "ExecutionStage":
		// "The ExecutionStage filter can't be used with the ListCommandInvocations operation"
		// (API_CommandFilter).
		if of == reference.OfInvocation {
			return nil, modelled("InvalidFilterKey", "")
		}
		if value != "Executing" && value != "Complete" {
			return nil, validation("The execution stage " + value + " is not supported. Specify Executing or Complete, and try again.")
		}
		return func(_ time.Time, _ string, details reference.Details) bool {
			return reference.Terminal(details) == (value == "Complete")
		}, nil
	case "DocumentName":
		return func(_ time.Time, document string, _ reference.Details) bool { return document == value }, nil
	}
	return nil, modelled("InvalidFilterKey", "")
}

// hasStatus: API_CommandFilter lists values of Status and of StatusDetails alike, and calls
// RateExceeded LimitExceeded. A value that is neither matches nothing, which is our choice.
func hasStatus(details reference.Details, value string) bool {
	return string(details) == value || string(reference.StatusOf(details)) == value ||
		value == "LimitExceeded" && details == reference.RateExceeded
}

func (f filter) matches(requested time.Time, document string, details reference.Details) bool {
	return !slices.ContainsFunc(f, func(holds condition) bool { return !holds(requested, document, details) })
}
