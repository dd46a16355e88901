package export

import (
	"bufio"
	"encoding/json"
	"io"
	"iter"
)

// WriteJSON writes one value, indented, and a line end. "<" and the like stay as they are: nobody puts this into HTML.
func WriteJSON(w io.Writer, value any) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(value)
}

// WriteArray writes values as one JSON array, a value on each line, as they come: a million of them need no memory.
func WriteArray[T any](w io.Writer, values iter.Seq[T]) error {
	out := bufio.NewWriter(w)
	separator := "[\n"
	for value := range values {
		line, err := encodeLine(value)
		if err != nil {
			return err
		}
		out.WriteString(separator)
		if _, err := out.Write(line); err != nil {
			return err
		}
		separator = ",\n"
	}
	if separator == "[\n" {
		out.WriteString("[]\n")
	} else {
		out.WriteString("\n]\n")
	}
	return out.Flush()
}

// WriteLines writes each value as JSON on a line of its own.
func WriteLines[T any](w io.Writer, values iter.Seq[T]) error {
	out := bufio.NewWriter(w)
	for value := range values {
		line, err := encodeLine(value)
		if err != nil {
			return err
		}
		out.Write(line)
		if err := out.WriteByte('\n'); err != nil {
			return err
		}
	}
	return out.Flush()
}

func encodeLine(value any) ([]byte, error) {
	var line lineBuffer
	encoder := json.NewEncoder(&line)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return nil, err
	}
	return line[:len(line)-1], nil // without the encoder's line end
}

type lineBuffer []byte

func (b *lineBuffer) Write(p []byte) (int, error) {
	*b = append(*b, p...)
	return len(p), nil
}
