// SPDX-License-Identifier: GPL-2.0-only

package patch

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"regexp"
	"strconv"
	"strings"
	"unicode"
)

// message is a mail, or text that is none.
type message struct {
	subject string
	from    string
	id      string
	text    []byte
}

// separator starts a mail in a file of mails. A line of a hunk starts with
// another character, and a line of a mail's text is escaped.
var separator = regexp.MustCompile(`(?m)^From \S+ +(Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} .*\n`)

// split returns the mails of a file of mails, or the text as it is.
func split(text []byte) [][]byte {
	at := separator.FindAllIndex(text, -1)
	if len(at) == 0 || len(bytes.TrimSpace(text[:at[0][0]])) > 0 {
		return [][]byte{text}
	}
	var out [][]byte
	for i, m := range at {
		end := len(text)
		if i+1 < len(at) {
			end = at[i+1][0]
		}
		out = append(out, text[m[1]:end])
	}
	return out
}

// header is the first line of a mail without a separator in front.
var header = regexp.MustCompile(`^(?i:from|subject|date|message-id|return-path|received|delivered-to|x-[a-z-]+|mime-version|to|cc):[ \t]`)

// open decodes a mail. Text that does not begin like one is returned as it is.
func open(part []byte) (*message, error) {
	if !header.Match(part) {
		return &message{text: part}, nil
	}
	m, err := mail.ReadMessage(bytes.NewReader(part))
	if err != nil {
		return &message{text: part}, nil
	}
	out := &message{subject: decoded(m.Header.Get("Subject")), from: decoded(m.Header.Get("From"))}
	if id := strings.TrimSpace(m.Header.Get("Message-Id")); messageID.MatchString(id) {
		out.id = id
	}
	out.text, err = content(m.Header.Get("Content-Type"), m.Header.Get("Content-Transfer-Encoding"), m.Body, 0)
	if err != nil {
		return nil, err
	}
	if head, _, ok := bytes.Cut(part, []byte("\n")); ok && bytes.HasSuffix(head, []byte("\r")) {
		out.text = bytes.ReplaceAll(out.text, []byte("\r\n"), []byte("\n"))
	}
	return out, nil
}

var messageID = regexp.MustCompile(`^<[\x21-\x3b=\x3f-\x7e]+>$`)

// decoded is a field of a header as people read it, in one line.
func decoded(s string) string {
	if d, err := new(mime.WordDecoder).DecodeHeader(s); err == nil {
		s = d
	}
	s = strings.Map(func(c rune) rune {
		if unicode.IsControl(c) {
			return ' '
		}
		return c
	}, strings.ToValidUTF8(s, "?"))
	return strings.Join(strings.Fields(s), " ")
}

// maxNesting bounds the mails within mails.
const maxNesting = 4

// content decodes a body, or the texts of one with several parts.
func content(kind, encoding string, body io.Reader, depth int) ([]byte, error) {
	media, params, err := mime.ParseMediaType(kind)
	if err != nil {
		media = "text/plain"
	}
	switch strings.ToLower(strings.TrimSpace(encoding)) {
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	}
	switch {
	case strings.HasPrefix(media, "multipart/"):
	case strings.HasPrefix(media, "text/") && media != "text/html":
		text, err := io.ReadAll(body)
		if err != nil {
			return nil, errors.New("the mail's text cannot be decoded: " + err.Error())
		}
		return text, nil
	default:
		return nil, nil
	}
	if depth == maxNesting {
		return nil, errors.New("a mail with too many mails in it")
	}
	var all []byte
	for parts := multipart.NewReader(body, params["boundary"]); ; {
		p, err := parts.NextRawPart()
		if err == io.EOF {
			return all, nil
		}
		if err != nil {
			return nil, errors.New("the parts of the mail cannot be told apart: " + err.Error())
		}
		text, err := content(p.Header.Get("Content-Type"), p.Header.Get("Content-Transfer-Encoding"), p, depth+1)
		if err != nil {
			return nil, err
		}
		if all = append(all, text...); len(all) > 0 && all[len(all)-1] != '\n' {
			all = append(all, '\n')
		}
	}
}

var (
	brackets = regexp.MustCompile(`^\s*((?i:re|fwd|aw):\s*)*(\[[^\]]*\]\s*)*`)
	count    = regexp.MustCompile(`\b(\d{1,4})/(\d{1,4})\]`)
)

// subject takes the words in brackets off a subject, and the numbers out of them.
func subject(s string) (text string, number, of int) {
	s = strings.Join(strings.Fields(strings.ToValidUTF8(s, "?")), " ")
	head := brackets.FindString(s)
	if m := count.FindStringSubmatch(head); m != nil {
		number, _ = strconv.Atoi(m[1])
		of, _ = strconv.Atoi(m[2])
	}
	return s[len(head):], number, of
}
