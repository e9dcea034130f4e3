package wire

// Quiet is how long a server has for its answer to a request that others would wait for more of.
const Quiet = quiet
