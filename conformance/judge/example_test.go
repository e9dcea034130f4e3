package judge_test

import (
	"context"
	"fmt"
	"net/http"

	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/conformance/wire"
	"github.com/sendspec/sendspec/fixtures"
)

// A verdict needs no network: the exchange may come from anywhere.
func ExampleJudge() {
	cases, err := fixtures.Parse("constraint/Comment.json", []byte(`{"cases": [{
		"id": "constraint/Comment/above-max", "title": "A Comment of 101 characters is refused",
		"level": "must", "profile": "core", "safety": "inert", "evidence": "shape/Comment",
		"request": {"body": {"json": {"Comment": "${repeat:x:101}"}}},
		"expect": [{"name": "validation", "status": 400}]
	}]}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	steps, err := cases[0].Bind(fixtures.Bindings{fixtures.NonceBinding: "4e29"})
	if err != nil {
		fmt.Println(err)
		return
	}
	server := wire.NewHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/x-amz-json-1.1")
		w.Header().Set("X-Amzn-Requestid", "7d9f1a3c-0d5c-4d5e-9d35-0f5f6ac1b1f2")
		fmt.Fprint(w, `{"Command": {}}`)
	}), wire.Limits{})
	exchange := server.Exchange(context.Background(), wire.NewRequest("SendCommand", steps[0].Request.Body))
	result := judge.Judge(cases[0], steps, []*wire.Exchange{exchange}, false)
	fmt.Println(result.Verdict, judge.Fingerprint(&result))
	// Output: fail status=200
}
