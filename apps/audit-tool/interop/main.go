// Command interop verifies an export of Clearway's audit log with the libraries of the Go ecosystem alone: the signed note
// with golang.org/x/mod/sumdb/note, the tree and its proofs with github.com/transparency-dev/merkle. Nothing here knows
// Clearway's code; the format is described in ../README.md.
//
// Usage: go run . [-key VERIFIER-KEY] FILE
package main

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/transparency-dev/merkle/compact"
	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
	"golang.org/x/mod/sumdb/note"
)

type node struct {
	Level uint   `json:"level"`
	Index uint64 `json:"index"`
	Hash  []byte `json:"hash"`
}

type line struct {
	Type        string   `json:"type"`
	Checkpoint  string   `json:"checkpoint"`
	VerifierKey string   `json:"verifierKey"`
	FromLeaf    uint64   `json:"fromLeaf"`
	ToLeaf      uint64   `json:"toLeaf"`
	Nodes       any      `json:"nodes"`
	Leaf        uint64   `json:"leaf"`
	Bytes       []byte   `json:"bytes"`
	Hash        []byte   `json:"hash"`
	Proof       [][]byte `json:"proof"`
	Entries     uint64   `json:"entries"`
}

type checkpoint struct {
	origin string
	size   uint64
	root   []byte
}

func main() {
	key := flag.String("key", "", "the log's verifier key; default is the file's own")
	flag.Parse()
	if flag.NArg() != 1 {
		fmt.Fprintln(os.Stderr, "usage: interop [-key VERIFIER-KEY] FILE")
		os.Exit(64)
	}
	file, err := os.Open(flag.Arg(0))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	defer file.Close()
	summary, err := verify(file, *key)
	if err != nil {
		fmt.Println("NOT GENUINE:", err)
		os.Exit(1)
	}
	fmt.Println("GENUINE:", summary)
}

// verify reads a file to its end and checks everything in it.
func verify(file io.Reader, key string) (string, error) {
	lines := bufio.NewReaderSize(file, 1<<20)
	head, err := next(lines)
	if err != nil {
		return "", err
	}
	if key == "" {
		key = head.VerifierKey
	}
	verifier, err := note.NewVerifier(strings.TrimSpace(key))
	if err != nil {
		return "", err
	}
	signed, err := open(head.Checkpoint, verifier)
	if err != nil {
		return "", fmt.Errorf("checkpoint: %w", err)
	}
	check := &checker{head: head, signed: signed, verifier: verifier, hashes: &compact.RangeFactory{Hash: rfc6962.DefaultHasher.HashChildren}}
	check.leaves = check.hashes.NewEmptyRange(head.FromLeaf)
	for !check.ended {
		next, err := next(lines)
		if err != nil {
			return "", err
		}
		if err := check.take(next); err != nil {
			return "", err
		}
	}
	return check.finish()
}

type checker struct {
	head         *line
	signed       *checkpoint
	verifier     note.Verifier
	hashes       *compact.RangeFactory
	leaves       *compact.Range
	inclusions   int
	consistences int
	ended        bool
}

func (c *checker) take(l *line) error {
	switch l.Type {
	case "entry":
		if l.Leaf != c.leaves.End() {
			return fmt.Errorf("leaf %d stands as leaf %d", l.Leaf, c.leaves.End())
		}
		return c.leaves.Append(rfc6962.DefaultHasher.HashLeaf(l.Bytes), nil)
	case "inclusion":
		c.inclusions++
		err := proof.VerifyInclusion(rfc6962.DefaultHasher, l.Leaf, c.signed.size, l.Hash, l.Proof, c.signed.root)
		return wrap(err, "inclusion of leaf %d", l.Leaf)
	case "consistency":
		c.consistences++
		older, err := open(l.Checkpoint, c.verifier)
		if err != nil {
			return err
		}
		err = proof.VerifyConsistency(rfc6962.DefaultHasher, older.size, c.signed.size, l.Proof, older.root, c.signed.root)
		return wrap(err, "consistency from %d", older.size)
	case "hashes":
		return nil
	case "end":
		c.ended = true
		if got := c.leaves.End() - c.leaves.Begin(); got != l.Entries {
			return fmt.Errorf("%d entries, not %d", got, l.Entries)
		}
		return nil
	}
	return fmt.Errorf("unknown line %q", l.Type)
}

// finish joins the leaves with the nodes outside them and compares the root.
func (c *checker) finish() (string, error) {
	if c.leaves.End() != c.head.ToLeaf {
		return "", fmt.Errorf("the entries end at leaf %d, not %d", c.leaves.End(), c.head.ToLeaf)
	}
	nodes, err := outside(c.head.Nodes)
	if err != nil {
		return "", err
	}
	tree := c.hashes.NewEmptyRange(0)
	appendTo := func(part *compact.Range) error { return tree.AppendRange(part, nil) }
	joined := false
	for _, n := range nodes {
		begin := n.Index << n.Level
		if begin >= c.head.ToLeaf && !joined {
			if err := appendTo(c.leaves); err != nil {
				return "", err
			}
			joined = true
		}
		part, err := c.hashes.NewRange(begin, (n.Index+1)<<n.Level, [][]byte{n.Hash})
		if err != nil {
			return "", err
		}
		if err := appendTo(part); err != nil {
			return "", err
		}
	}
	if !joined {
		if err := appendTo(c.leaves); err != nil {
			return "", err
		}
	}
	root := rfc6962.DefaultHasher.EmptyRoot()
	if tree.End() > 0 {
		if root, err = tree.GetRootHash(nil); err != nil {
			return "", err
		}
	}
	if tree.End() != c.signed.size || !bytes.Equal(root, c.signed.root) {
		return "", errors.New("the entries do not lead to the signed root")
	}
	return fmt.Sprintf("%s, %d leaves signed, %d entries, %d inclusion and %d consistency proofs",
		c.signed.origin, c.signed.size, c.leaves.End()-c.leaves.Begin(), c.inclusions, c.consistences), nil
}

// open opens a signed note and reads the checkpoint in it.
func open(text string, verifier note.Verifier) (*checkpoint, error) {
	opened, err := note.Open([]byte(text), note.VerifierList(verifier))
	if err != nil {
		return nil, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) < 4 || lines[0] != verifier.Name() {
		return nil, errors.New("not a checkpoint of this log")
	}
	size, err := strconv.ParseUint(lines[1], 10, 64)
	if err != nil {
		return nil, err
	}
	root, err := base64.StdEncoding.DecodeString(lines[2])
	if err != nil {
		return nil, err
	}
	return &checkpoint{origin: lines[0], size: size, root: root}, nil
}

// next reads one line, however long.
func next(lines *bufio.Reader) (*line, error) {
	text, err := lines.ReadBytes('\n')
	if err != nil && (err != io.EOF || len(text) == 0) {
		return nil, fmt.Errorf("the file ends too early: %w", err)
	}
	parsed := new(line)
	return parsed, json.Unmarshal(text, parsed)
}

// outside reads the head's nodes; in other lines the field of this name is a string.
func outside(value any) ([]node, error) {
	text, err := json.Marshal(value)
	if err != nil {
		return nil, err
	}
	var nodes []node
	return nodes, json.Unmarshal(text, &nodes)
}

func wrap(err error, format string, args ...any) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf(format+": %w", append(args, err)...)
}
