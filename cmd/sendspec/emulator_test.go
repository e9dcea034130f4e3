package main

import (
	"flag"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// emulator is a server under test for the scripts: it takes every request, and is as wrong as its
// flags say.
func emulator() {
	flags := flag.NewFlagSet("emulator", flag.ExitOnError)
	flags.Usage = func() {} // of what it writes the last lines are shown
	port := flags.String("p", "", "port of 127.0.0.1")
	dieAfter := flags.Int64("die-after", 0, "crash after so many requests")
	bound := flags.Bool("bound", false, "refuse a Comment of more than 100 characters")
	vary := flags.Bool("vary", false, "refuse every other request with a long Comment")
	starts := flags.String("bound-each-other-start", "", "as -bound, each other time that it is started: file that counts")
	pid := flags.String("pid", "", "file for the process ID")
	without := flags.String("without", "", "know no such operation")
	broken := flags.String("broken", "", "fail at this operation")
	needNode := flags.String("need-node", "", "the only node there is")
	holdAfter := flags.Int64("hold-after", 0, "answer no more after so many requests, and write the file held")
	flags.Usage = func() {} // what is wrong is told by the last lines
	_ = flags.Parse(os.Args[1:])
	if *pid != "" {
		if err := os.WriteFile(*pid, []byte(strconv.Itoa(os.Getpid())), 0o600); err != nil {
			log.Fatal(err)
		}
	}
	if *starts != "" {
		before, _ := os.ReadFile(*starts)
		*bound = len(before)%2 == 1
		if err := os.WriteFile(*starts, append(before, '.'), 0o600); err != nil {
			log.Fatal(err)
		}
	}
	var requests, long atomic.Int64
	handler := func(w http.ResponseWriter, r *http.Request) {
		n := requests.Add(1)
		if *holdAfter > 0 && n > *holdAfter {
			if err := os.WriteFile("held", []byte("held"), 0o600); err != nil {
				log.Print(err)
			}
			<-r.Context().Done()
			return
		}
		if *dieAfter > 0 && n > *dieAfter {
			fmt.Println("panic: \x1b[31mout of luck\x1b[0m")
			os.Exit(3)
		}
		w.Header().Set("Content-Type", "application/x-amz-json-1.1")
		w.Header().Set("x-amzn-RequestId", fmt.Sprintf("2d226bf9-efbd-461b-a381-%012d", n))
		body, _ := io.ReadAll(r.Body)
		isLong := strings.Contains(string(body), `"Comment":"`) && len(body) > 230
		switch operation := strings.TrimPrefix(r.Header.Get("X-Amz-Target"), "AmazonSSM."); {
		case operation == *without:
			w.WriteHeader(http.StatusBadRequest)
			fmt.Fprint(w, `{"__type":"UnknownOperationException"}`)
		case operation == *broken:
			w.WriteHeader(http.StatusInternalServerError)
			fmt.Fprint(w, `{"__type":"InternalServerError"}`)
		case *needNode != "" && strings.Contains(string(body), `"InstanceIds":["`) && !strings.Contains(string(body), *needNode):
			w.WriteHeader(http.StatusBadRequest)
			fmt.Fprint(w, `{"__type":"InvalidInstanceId"}`)
		case isLong && (*bound || *vary && long.Add(1)%2 == 0):
			w.WriteHeader(http.StatusBadRequest)
			fmt.Fprint(w, `{"__type":"ValidationException"}`)
		default:
			fmt.Fprintf(w, `{"Command":{"CommandId":"2d226bf9-efbd-461b-a381-%012d","Status":"Pending","StatusDetails":"Pending",`+
				`"RequestedDateTime":%d}}`, n, time.Now().Unix())
		}
	}
	log.Fatal(http.ListenAndServe("127.0.0.1:"+*port, http.HandlerFunc(handler)))
}
