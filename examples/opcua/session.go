package opcua

import (
	"context"

	"github.com/gopcua/opcua"
	"github.com/gopcua/opcua/ua"

	"github.com/fieldstatus/fieldstatus/core"
	opcuastatus "github.com/fieldstatus/fieldstatus/opcua"
)

// Reopen implements [southbound.Reopener]: a new session on the same secure
// channel.
func (l *link) Reopen(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, l.timeout)
	defer cancel()
	clear(l.levels)
	return opcuastatus.Translate(core.Connect, l.newSession(ctx))
}

func (l *link) newSession(ctx context.Context) error {
	if _, err := l.client.DetachSession(ctx); err != nil { // the server does not know it any more
		return err
	}
	description, err := l.client.GetEndpoints(ctx)
	if err != nil {
		return err
	}
	config := opcua.DefaultSessionConfig()
	config.UserIdentityToken = &ua.AnonymousIdentityToken{PolicyID: anonymousPolicy(description.Endpoints)}
	session, err := l.client.CreateSession(ctx, config)
	if err != nil {
		return err
	}
	if session == nil { // gopcua only logs that the server could not sign
		return ua.StatusBadApplicationSignatureInvalid
	}
	return l.client.ActivateSession(ctx, session)
}

// anonymousPolicy is the name that a server gives to logging in without a name.
func anonymousPolicy(endpoints []*ua.EndpointDescription) string {
	for _, e := range endpoints {
		if e.SecurityMode != ua.MessageSecurityModeNone {
			continue
		}
		for _, token := range e.UserIdentityTokens {
			if token.TokenType == ua.UserTokenTypeAnonymous {
				return token.PolicyID
			}
		}
	}
	return "Anonymous"
}
