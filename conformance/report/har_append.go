package report

import "strconv"

// The appending of HAR entries by hand: the bodies of a run are many megabytes, which are looked at once
// and copied once.

func (e *harEntry) append(dst []byte) []byte {
	dst = appendMember(dst, `{"startedDateTime":`, e.Started)
	dst = appendFloat(append(dst, `,"time":`...), e.Time)
	dst = e.Request.append(append(dst, `,"request":`...))
	dst = e.Response.append(append(dst, `,"response":`...))
	dst = appendFloat(append(dst, `,"cache":{},"timings":{"send":`...), e.Timings.Send)
	dst = appendFloat(append(dst, `,"wait":`...), e.Timings.Wait)
	dst = append(appendFloat(append(dst, `,"receive":`...), e.Timings.Receive), '}')
	dst = appendOptional(dst, `,"comment":`, e.Comment)
	dst = appendMember(dst, `,"_case":`, e.Case)
	dst = appendInt(dst, `,"_step":`, e.Step)
	if e.Interim {
		dst = append(dst, `,"_interim":true`...)
	}
	dst = appendMember(dst, `,"_verdict":`, e.Verdict)
	return append(appendOptional(dst, `,"_failure":`, e.Failure), '}')
}

func (r *harRequest) append(dst []byte) []byte {
	dst = appendMember(dst, `{"method":`, r.Method)
	dst = appendMember(dst, `,"url":`, r.URL)
	dst = appendMember(dst, `,"httpVersion":`, r.HTTPVersion)
	dst = appendPairs(dst, `,"cookies":[`, r.Cookies)
	dst = appendPairs(dst, `,"headers":[`, r.Headers)
	dst = appendPairs(dst, `,"queryString":[`, r.QueryString)
	if p := r.PostData; p != nil {
		dst = appendMember(dst, `,"postData":{"mimeType":`, p.MimeType)
		dst = appendMember(dst, `,"text":`, p.Text)
		dst = append(appendOptional(dst, `,"_encoding":`, p.Encoding), '}')
	}
	dst = appendInt(dst, `,"headersSize":`, r.HeadersSize)
	dst = appendInt(dst, `,"bodySize":`, r.BodySize)
	dst = appendOptional(dst, `,"comment":`, r.Comment)
	return append(appendOptional(dst, `,"_raw":`, r.Raw), '}')
}

func (r *harResponse) append(dst []byte) []byte {
	dst = appendInt(dst, `{"status":`, r.Status)
	dst = appendMember(dst, `,"statusText":`, r.StatusText)
	dst = appendMember(dst, `,"httpVersion":`, r.HTTPVersion)
	dst = appendPairs(dst, `,"cookies":[`, r.Cookies)
	dst = appendPairs(dst, `,"headers":[`, r.Headers)
	dst = appendInt(dst, `,"content":{"size":`, r.Content.Size)
	dst = appendMember(dst, `,"mimeType":`, r.Content.MimeType)
	dst = appendOptional(dst, `,"text":`, r.Content.Text)
	dst = appendOptional(dst, `,"encoding":`, r.Content.Encoding)
	dst = appendOptional(dst, `,"comment":`, r.Content.Comment)
	if r.Content.Truncated {
		dst = append(dst, `,"_truncated":true`...)
	}
	dst = appendMember(append(dst, '}'), `,"redirectURL":`, r.RedirectURL)
	dst = appendInt(dst, `,"headersSize":`, r.HeadersSize)
	dst = appendInt(dst, `,"bodySize":`, r.BodySize)
	return append(appendOptional(dst, `,"comment":`, r.Comment), '}')
}

func appendPairs(dst []byte, name string, pairs []harPair) []byte {
	dst = append(dst, name...)
	for i, p := range pairs {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(appendMember(appendMember(dst, `{"name":`, p.Name), `,"value":`, p.Value), '}')
	}
	return append(dst, ']')
}

func appendMember(dst []byte, name, value string) []byte {
	return appendString(append(dst, name...), value)
}

func appendOptional(dst []byte, name, value string) []byte {
	if value == "" {
		return dst
	}
	return appendMember(dst, name, value)
}

func appendInt(dst []byte, name string, n int) []byte {
	return strconv.AppendInt(append(dst, name...), int64(n), 10)
}

func appendFloat(dst []byte, f float64) []byte { return strconv.AppendFloat(dst, f, 'f', -1, 64) }
