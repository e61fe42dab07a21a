// SPDX-License-Identifier: GPL-2.0-only

package specjson

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// start skips blanks and returns the offset of what follows.
func (d *decoder) start() int {
	d.peek()
	return d.off
}

// peek skips blanks and returns the next byte, 0 at the end.
func (d *decoder) peek() byte {
	for d.off < len(d.src) {
		switch c := d.src[d.off]; c {
		case ' ', '\t', '\r', '\n':
			d.off++
		default:
			return c
		}
	}
	return 0
}

func (d *decoder) want(c byte) error {
	if got := d.peek(); got != c {
		if d.off >= len(d.src) {
			return fmt.Errorf("the document ends where %q is expected", string(c))
		}
		return fmt.Errorf("%q is expected here", string(c))
	}
	d.off++
	return nil
}

// object calls f for each key, with the key's offset; f reads the value.
func (d *decoder) object(f func(key string, at int) error) error {
	return d.list('{', '}', func() error {
		at := d.start()
		key, err := d.text()
		if err != nil {
			return err
		}
		if err := d.want(':'); err != nil {
			return err
		}
		return f(key, at)
	})
}

// array calls f at each element.
func (d *decoder) array(f func() error) error { return d.list('[', ']', f) }

func (d *decoder) list(open, end byte, f func() error) error {
	if err := d.want(open); err != nil {
		return err
	}
	if d.depth++; d.depth > maxDepth {
		return errors.New("values are nested too deeply")
	}
	defer func() { d.depth-- }()
	if d.peek() == end {
		d.off++
		return nil
	}
	for {
		if err := f(); err != nil {
			return err
		}
		if len(d.problems) >= maxProblems {
			return errors.New("there are too many problems; the rest is not read")
		}
		if d.peek() != ',' {
			return d.want(end)
		}
		d.off++
	}
}

// text reads a string.
func (d *decoder) text() (string, error) {
	if err := d.want('"'); err != nil {
		return "", err
	}
	start, escaped := d.off, false
	for d.off < len(d.src) {
		switch c := d.src[d.off]; {
		case c == '"':
			raw := d.src[start:d.off]
			d.off++
			if !escaped && utf8.Valid(raw) {
				return d.keep(raw), nil
			}
			var s string
			if err := json.Unmarshal(d.src[start-1:d.off], &s); err != nil {
				d.off = start
				return "", errors.New("the string has an escape that JSON does not know")
			}
			return s, nil
		case c == '\\':
			escaped = true
			d.off++
		case c < ' ':
			return "", errors.New("the string is not closed on its line")
		}
		d.off++
	}
	d.off = len(d.src)
	return "", errors.New("the document ends inside a string")
}

// word reads true, false, null or a number.
func (d *decoder) word() (string, error) {
	d.peek()
	start := d.off
	for d.off < len(d.src) && strings.IndexByte(" \t\r\n,:]}[{\"", d.src[d.off]) < 0 {
		d.off++
	}
	w := d.keep(d.src[start:d.off])
	if !isDigits(w) && !json.Valid([]byte(w)) {
		d.off = start
		if w == "" {
			return "", errors.New("a value is expected here")
		}
		return "", fmt.Errorf("%q is not a value", clip(w))
	}
	return w, nil
}

// isDigits reports whether w is a number without sign or fraction.
func isDigits(w string) bool {
	for i := range len(w) {
		if w[i] < '0' || w[i] > '9' {
			return false
		}
	}
	return w == "0" || w != "" && w[0] != '0'
}

func clip(s string) string {
	if len(s) > 40 {
		s = s[:37] + "..."
	}
	return strings.ToValidUTF8(s, "?")
}

func (d *decoder) skip() error {
	switch d.peek() {
	case '{':
		return d.object(func(string, int) error { return d.skip() })
	case '[':
		return d.array(d.skip)
	case '"':
		_, err := d.text()
		return err
	}
	_, err := d.word()
	return err
}
