package opcua

import "github.com/fieldstatus/fieldstatus/core"

// Strict is for tags whose doubtful values must not be used: it turns an
// Uncertain status, which is a success otherwise, into one with code 3008 that
// asks for the next cycle. All other statuses, and those of other protocols,
// stay as they are. It never allocates.
func Strict(s core.Status) core.Status {
	if s.Quality() != core.Uncertain || s.Protocol() != "opcua" {
		return s
	}
	// One outcome for each Uncertain row of the table. The first one answers for
	// codes that the table does not name, too.
	const first, last = outcomeStrictUncertain, outcomeStrictUncertainConfigurationError
	symbol := s.Symbol()
	for i := first; i <= last; i++ {
		if outcomes[i].Symbol == symbol {
			return core.NewStatus(&outcomes[i], s.Value())
		}
	}
	return core.NewStatus(&outcomes[first], s.Value())
}
