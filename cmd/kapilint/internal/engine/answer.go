// SPDX-License-Identifier: GPL-2.0-only

package engine

import (
	"bytes"
	"encoding/gob"
	"fmt"

	"kapilint/cparse/flow"
	"kapilint/specmodel"
)

// question identifies what a request for contracts asks, apart from its tree
// and the units that it looks at.
func question(req *Request) string {
	return fmt.Sprintf("infer %q %q %q %t", req.Files, req.Names, req.Sets, req.Callbacks)
}

// kept is the part of [Contracts] that is kept for a run that asks the same.
type kept struct {
	APIs  []*specmodel.API
	Work  flow.Counts
	Kinds map[string]string
}

func (c *Contracts) encode() ([]byte, error) {
	var b bytes.Buffer
	err := gob.NewEncoder(&b).Encode(kept{c.Set.APIs, c.Work, c.Kinds})
	return b.Bytes(), err
}

func decodeContracts(data []byte) (*Contracts, error) {
	var k kept
	if err := gob.NewDecoder(bytes.NewReader(data)).Decode(&k); err != nil {
		return nil, err
	}
	return &Contracts{Set: &specmodel.Set{APIs: k.APIs}, Work: k.Work, Kinds: k.Kinds}, nil
}
