package wire_test

import (
	"context"
	"fmt"
	"net/http"

	"github.com/sendspec/sendspec/conformance/wire"
)

func ExampleHandler() {
	server := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, r.Header.Get("X-Amz-Target"))
	})
	exchange := wire.NewHandler(server, wire.Limits{}).Exchange(context.Background(), wire.NewRequest("SendCommand", []byte("{}")))
	fmt.Println(exchange.Response.Status, string(exchange.Response.Body))
	// Output: 200 AmazonSSM.SendCommand
}
