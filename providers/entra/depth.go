package entra

import "bytes"

// maxDepth is how deep JSON may be nested. encoding/json allows 10,000 levels, each of which costs stack.
const maxDepth = 100

// checkShape looks at JSON before it is decoded: an answer that was cut off or is nested too deep is found without
// building anything. It checks brackets and strings only; the decoder checks the rest.
func checkShape(data []byte) error {
	var open [maxDepth]byte
	depth, begun, done := 0, false, false
	for i := 0; i < len(data); i++ {
		if done && data[i] > ' ' || data[i] == 0 {
			return errNotJSON // something follows the end
		}
		switch c := data[i]; c {
		case '"':
			end := stringEnd(data, i+1)
			if end < 0 {
				return errTruncated
			}
			i, begun = end, true
		case '{', '[':
			if depth == maxDepth {
				return errTooDeep
			}
			open[depth] = c + 2 // the closing bracket of both kinds in ASCII
			depth++
			begun = true
		case '}', ']':
			if depth == 0 || open[depth-1] != c {
				return errNotJSON
			}
			depth--
			done = depth == 0
		case ' ', '\t', '\r', '\n', ',', ':':
		default:
			begun = true
		}
	}
	switch {
	case !begun:
		return errEmptyAnswer
	case depth > 0:
		return errTruncated
	}
	return nil
}

// stringEnd gives the index of the quote that ends the string whose first character is at i, or -1.
func stringEnd(data []byte, i int) int {
	for {
		at := bytes.IndexByte(data[i:], '"')
		if at < 0 {
			return -1
		}
		end := i + at
		slashes := 0
		for end-1-slashes >= i && data[end-1-slashes] == '\\' {
			slashes++
		}
		if slashes%2 == 0 {
			return end
		}
		i = end + 1
	}
}
