package cli

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/fieldstatus/fieldstatus/core"
)

// completeProtocols returns the names of the protocols with their titles, as
// the shell shows them.
func (a *app) completeProtocols() []string {
	var words []string
	for _, p := range a.protocols {
		words = append(words, p.Name+"\t"+p.Title)
	}
	return words
}

// completeExplain completes the arguments of explain: a protocol or the name
// of a code first, then a symbol of the protocol.
func (a *app) completeExplain(_ *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
	switch len(args) {
	case 0:
		words := a.completeProtocols()
		if typed != "" {
			for c := range core.Codes() {
				words = append(words, c.Name()+"\t"+c.Error())
			}
		}
		return startingWith(words, typed), cobra.ShellCompDirectiveNoFileComp
	case 1:
		p := a.protocol(args[0])
		if p == nil {
			break
		}
		var words []string
		for r := range p.Answers() {
			if r.Symbol != "" {
				words = append(words, r.Symbol+"\t"+r.Meaning)
			}
		}
		return startingWith(words, typed), cobra.ShellCompDirectiveNoFileComp
	}
	return nil, cobra.ShellCompDirectiveNoFileComp
}

// startingWith keeps the words that begin with what is typed, in any case, and
// drops repetitions.
func startingWith(words []string, typed string) []string {
	seen := make(map[string]bool)
	return slices.DeleteFunc(words, func(word string) bool {
		name, _, _ := strings.Cut(word, "\t")
		if seen[name] || len(name) < len(typed) || !strings.EqualFold(name[:len(typed)], typed) {
			return true
		}
		seen[name] = true
		return false
	})
}
