package report

import (
	"io"
	"runtime"
	"sync"
)

// pieceCases is how many cases a worker renders at a time: few, since the requests of one may be megabytes.
const pieceCases = 8

// writePieces writes n pieces in their order, and renders as many at once as there are processors. No more
// than two chunks of pieceCases for each of them are in memory. Render appends piece i to dst.
func writePieces(w io.Writer, n int, render func(dst []byte, i int) ([]byte, error)) error {
	chunks := (n + pieceCases - 1) / pieceCases
	lanes := make([]lane, min(runtime.GOMAXPROCS(0), chunks))
	stop := make(chan struct{})
	var workers sync.WaitGroup
	defer workers.Wait()
	defer close(stop)
	for k := range lanes {
		l := lane{make(chan []byte, 2), make(chan chunk)}
		l.free <- nil
		l.free <- nil
		lanes[k] = l
		workers.Go(func() {
			for c := k; c < chunks; c += len(lanes) {
				if !l.render(c*pieceCases, min((c+1)*pieceCases, n), render, stop) {
					return
				}
			}
		})
	}
	for c := range chunks {
		l := lanes[c%len(lanes)]
		done := <-l.done
		if done.err != nil {
			return done.err
		}
		if _, err := w.Write(done.text); err != nil {
			return err
		}
		l.free <- done.text[:0]
	}
	return nil
}

// lane carries chunks from one worker to the writer, and their buffers back.
type lane struct {
	free chan []byte
	done chan chunk
}

type chunk struct {
	text []byte
	err  error
}

// render renders the pieces from first up to last, and tells whether the writer wants more.
func (l lane) render(first, last int, render func([]byte, int) ([]byte, error), stop <-chan struct{}) bool {
	var out chunk
	select {
	case out.text = <-l.free:
	case <-stop:
		return false
	}
	for i := first; i < last && out.err == nil; i++ {
		out.text, out.err = render(out.text, i)
	}
	select {
	case l.done <- out:
		return out.err == nil
	case <-stop:
		return false
	}
}
