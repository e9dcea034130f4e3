package wire

import "net/url"

// Quiet is how long a server has for its answer to a request that others would wait for more of.
const Quiet = patience

// Through sends everything through the proxy, as if the environment named it.
func (h *HTTP) Through(proxy *url.URL) { h.proxy = proxy }

// CutText is Text for a text that was cut.
func (r *Redactor) CutText(s string) string { return r.redact(s, true) }
