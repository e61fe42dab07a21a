// SPDX-License-Identifier: GPL-2.0-only

package cli

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"
)

// An interrupted run does not wait for workers that take long.
func TestPromptly(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	if got, err := Promptly(ctx, func() (int, error) { return 1, nil }); got != 1 || err != nil {
		t.Errorf("got %d, %v", got, err)
	}
	cancel()
	if got, err := Promptly(ctx, func() (int, error) { return 2, nil }); got != 2 || err != nil {
		t.Errorf("work that ends soon: got %d, %v", got, err)
	}
	forever := make(chan int)
	defer close(forever)
	if _, err := Promptly(ctx, func() (int, error) { return <-forever, nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestProgressLine(t *testing.T) {
	for _, tt := range []struct {
		done, total, found int
		took               time.Duration
		want               string
	}{
		{0, 10, 0, 0, "0 of 10 units"},
		{5, 10, 1, time.Millisecond, "5 of 10 units, 1 finding"},
		{500, 2847, 12, 40 * time.Second, "500 of 2847 units, 12.5 a second, 3m8s left, 12 findings"},
	} {
		if got := progressLine(tt.done, tt.total, tt.found, tt.took); got != tt.want {
			t.Errorf("got %q, want %q", got, tt.want)
		}
	}
}

func TestShardFlag(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"1/1", "[a b c d e]"}, {"1/2", "[a c e]"}, {"2/2", "[b d]"}, {"5/9", "[e]"}, {"9/9", "[]"},
		{"0/2", ""}, {"3/2", ""}, {"1", ""}, {"x/2", ""}, {"1/", ""}, {"-1/2", ""},
	} {
		var s Shard
		err := s.Set(tt.text)
		if (err != nil) != (tt.want == "") {
			t.Errorf("%s: %v", tt.text, err)
		}
		if err != nil {
			continue
		}
		if got := fmt.Sprint(s.Of([]string{"a", "b", "c", "d", "e"})); got != tt.want {
			t.Errorf("%s: %s", tt.text, got)
		}
	}
}
